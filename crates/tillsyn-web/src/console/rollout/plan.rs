//! `GET /console/plans/{id}`: what a change does, before it is made.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::ids::PlanId;
use tillsyn_core::plans::{
    self, ConflictGroup, EffectKind, EffectView, Need, PlanStatus, PlanView, ProfileRef, Summary,
    Unsupported,
};
use tillsyn_core::{Error, Kind, Permission, accounts};

use super::words as own;
use crate::console::failure::Failure;
use crate::console::frame::{Filter, Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::profiles::form::payload_name;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Link, Status, page, urls};

/// One plan.
#[derive(Template)]
#[template(path = "console/plan.html")]
pub struct PlanPage {
    pub f: Frame,
    pub id: String,
    pub title: String,
    pub status: Status,
    /// The page of what it is about; empty when that is gone.
    pub about: String,
    /// Where its progress shows once it is applied; empty when nowhere.
    pub follow: String,
    pub lines: Vec<ObjectLine>,
    pub steps: Vec<PlanStep>,
    /// Devices that were looked at, in words.
    pub looked_at: String,
    pub warnings: Vec<String>,
    /// What devices refuse, what they ignore, and which profiles are in each other's way.
    pub told: Vec<ToldGroup>,
    pub by: String,
    pub created: When,
    pub expires: Option<When>,
    /// Who wanted a second person, and when.
    pub asked: Option<(String, When)>,
    pub applied: Option<(String, When)>,
    pub reason: String,
    pub problem: String,
    /// The plan that takes its place, when it was overtaken.
    pub newer: String,
    pub form: Option<PlanForm>,
    /// It waits for somebody else than the reader.
    pub waits: bool,
    pub may_cancel: bool,
    /// `None` when it is over, or cannot be computed any more.
    pub effects: Option<Vec<EffectRow>>,
    pub filter: Filter,
    pub pager: Pager,
}

/// A label with names.
pub struct ObjectLine {
    pub label: String,
    /// An empty address is plain text.
    pub links: Vec<Link>,
}

/// What many devices say alike.
pub struct ToldGroup {
    pub title: String,
    pub lines: Vec<ToldLine>,
}

pub struct ToldLine {
    /// Payload and key, or the two profiles.
    pub what: String,
    pub why: String,
    /// Devices.
    pub count: String,
}

/// One kind of effect with its share.
pub struct PlanStep {
    pub title: String,
    pub count: String,
    pub class: &'static str,
    /// Of a bar 100 units wide.
    pub width: String,
}

/// What the guard asks for.
#[derive(Default)]
pub struct PlanForm {
    /// Why, for the audit trail.
    pub asks_reason: bool,
    pub reason: String,
    pub reason_error: String,
    /// The number to type; empty when none is asked for.
    pub confirm_label: String,
    pub confirm: String,
    pub confirm_error: String,
    pub password: bool,
    pub password_error: String,
    /// Applying asks somebody else.
    pub second: bool,
}

pub struct EffectRow {
    pub device: Link,
    pub channel: String,
    pub item: Link,
    pub effect: String,
    /// Why the device refuses it.
    pub reason: String,
    pub versions: String,
}

pub(super) fn plan_id(text: &str) -> Result<PlanId, Error> {
    PlanId::parse(text).ok_or_else(|| Error::not_found("plan"))
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let plan = plans::find(visitor.core(), visitor.actor(), &plan_id(&id)?).await?;
    let shown = built(&visitor, &plan).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(super) async fn built(visitor: &Visitor, plan: &PlanView) -> Result<PlanPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let told = own::change(visitor, &plan.change).await;
    let ids = [Some(&plan.created_by), plan.asked_by.as_ref()];
    let ids = ids.into_iter().chain([plan.applied_by.as_ref()]).flatten();
    let names = accounts::account_names(visitor.core(), ids.cloned().collect()).await?;
    let who = |id: &str| names.get(id).cloned().unwrap_or_else(|| l.t("by-unknown"));
    let at = |id: &Option<String>, at: Option<i64>| {
        let (id, at) = (id.as_deref()?, at?);
        Some((who(id), l.ago(at, zone)))
    };
    let pending = plan.status.is_pending();
    let may = visitor.may(plan.change.permission());
    let me = visitor.actor().account_id.as_ref().map(ToString::to_string);
    let mine = me.as_deref() == Some(plans::wanted_by(plan));
    let waits = plan.status == PlanStatus::Waiting && (mine || !may);
    let only = visitor.query.get("effect").and_then(EffectKind::parse);
    let (effects, next) = effects(visitor, plan, only).await?;
    let path = urls::plan(plan.id.as_str());
    let shown = effects.as_ref().map_or(0, Vec::len);
    let form = if pending && may && !waits {
        Some(form(visitor, plan).await?)
    } else {
        None
    };
    Ok(PlanPage {
        id: plan.id.to_string(),
        title: told.text,
        status: own::plan_status(l, plan.status),
        about: told.href,
        follow: match (&told.profile, plan.status) {
            (Some(profile), PlanStatus::Applied) => urls::profile_devices(profile),
            _ => String::new(),
        },
        lines: told.lines,
        steps: steps(l, &plan.summary),
        looked_at: l.tn("plan-looked-at", plan.summary.looked_at),
        warnings: warnings(l, &plan.summary),
        told: told_groups(l, &plan.summary),
        by: who(&plan.created_by),
        created: l.ago(plan.created_at, zone),
        expires: pending.then(|| l.moment(plan.expires_at, zone)),
        asked: at(&plan.asked_by, plan.asked_at),
        applied: at(&plan.applied_by, plan.applied_at),
        reason: plan.reason.clone().unwrap_or_default(),
        problem: String::new(),
        newer: String::new(),
        form,
        waits,
        may_cancel: pending && may,
        effects,
        filter: filter(l, only),
        pager: lists::pager(visitor, &path, shown, next.as_deref()),
        f: visitor.frame(Place::Plans, "").await?,
    })
}

async fn form(visitor: &Visitor, plan: &PlanView) -> Result<PlanForm, Failure> {
    if plan.status == PlanStatus::Waiting {
        return Ok(PlanForm {
            password: visitor.needs_password(),
            ..PlanForm::default()
        });
    }
    let need = plans::need_of(visitor.core(), visitor.actor(), plan).await?;
    let guarded = need != Need::Nothing;
    Ok(PlanForm {
        asks_reason: guarded,
        confirm_label: if need == Need::Confirmation {
            visitor
                .texts
                .tn("plan-confirm-label", plan.summary.removes_from)
        } else {
            String::new()
        },
        password: guarded && visitor.needs_password(),
        second: need == Need::SecondPerson,
        ..PlanForm::default()
    })
}

fn steps(l: Texts, summary: &Summary) -> Vec<PlanStep> {
    let effects = &summary.effects;
    let same = summary.looked_at.saturating_sub(summary.devices);
    let rows = [
        ("install", "f-ok", effects.install),
        ("replace", "f-1", effects.replace),
        ("remove", "f-bad", effects.remove),
        ("withdraw", "f-idle", effects.withdraw),
        ("refused", "f-warn", effects.refused),
        ("none", "f-idle", same),
    ];
    let total = (effects.total() + same).max(1);
    rows.into_iter()
        .map(|(kind, class, count)| PlanStep {
            title: words::effect(l, kind),
            count: l.number(count),
            class,
            width: (count * 100).div_ceil(total).to_string(),
        })
        .collect()
}

fn warnings(l: Texts, summary: &Summary) -> Vec<String> {
    let mut warnings = Vec::new();
    if summary.removes_from > 0 {
        warnings.push(l.tn("plan-warn-removes", summary.removes_from));
    }
    if summary.replaced_as_a_whole > 0 {
        warnings.push(l.tn("profile-effect-whole", summary.replaced_as_a_whole));
    }
    if summary.not_seen > 0 {
        warnings.push(l.tn("profile-effect-unseen", summary.not_seen));
    }
    warnings
}

fn told_groups(l: Texts, summary: &Summary) -> Vec<ToldGroup> {
    let unsupported = |it: &Unsupported| {
        let payload = it.payload.as_deref().unwrap_or_default();
        let key = it.key.as_deref().map(|key| {
            words::payloads::key_label(l, payload, key).unwrap_or_else(|| key.to_owned())
        });
        let payload = it.payload.as_deref().map(|kind| payload_name(l, kind));
        let parts: Vec<String> = payload.into_iter().chain(key).collect();
        ToldLine {
            what: parts.join(" · "),
            why: words::plan_reason(l, &it.reason, it.version.as_deref()),
            count: l.number(it.devices),
        }
    };
    let groups = [
        ToldGroup {
            title: l.t("plan-refusals"),
            lines: summary.refusals.iter().map(unsupported).collect(),
        },
        ToldGroup {
            title: l.t("plan-ignored"),
            lines: summary.ignored.iter().map(unsupported).collect(),
        },
        ToldGroup {
            title: l.t("plan-conflicts"),
            lines: summary
                .conflicts
                .iter()
                .flat_map(|group| conflict_lines(l, group))
                .collect(),
        },
    ];
    let told = groups.into_iter().filter(|group| !group.lines.is_empty());
    told.collect()
}

/// One line per setting that both make, with what devices are foreseen to use.
fn conflict_lines(l: Texts, group: &ConflictGroup) -> Vec<ToldLine> {
    let name = |of: &ProfileRef| {
        of.shown()
            .map_or_else(|| l.t("rollout-why-above"), str::to_owned)
    };
    let names = format!("{} · {}", name(&group.profile), name(&group.other));
    let line = |what: String, why: String| ToldLine {
        what,
        why,
        count: l.number(group.devices),
    };
    if group.settings.is_empty() {
        return vec![line(names, words::conflict(l, &group.code, None))];
    }
    let settings = group.settings.iter().map(|setting| {
        let key = words::payloads::key_label(l, &group.payload, &setting.key);
        let key = key.unwrap_or_else(|| setting.key.clone());
        let result = setting.result.as_ref().map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        });
        line(
            format!("{names} · {key}"),
            words::conflict(l, &group.code, result.as_deref()),
        )
    });
    settings.collect()
}

type Listed = (Option<Vec<EffectRow>>, Option<String>);

/// The devices page by page, as the effect would be now.
async fn effects(
    visitor: &Visitor,
    plan: &PlanView,
    only: Option<EffectKind>,
) -> Result<Listed, Failure> {
    if !plan.status.is_pending() || !visitor.may(Permission::DevicesRead) {
        return Ok((None, None));
    }
    let (core, actor) = (visitor.core(), visitor.actor());
    let after = At::of(&visitor.query);
    match plans::effects(core, actor, &plan.id, only, after.after(), None).await {
        Ok(found) => {
            let rows = found.items.iter().map(|effect| row(visitor.texts, effect));
            Ok((Some(rows.collect()), found.next))
        }
        // What it is about is gone or moves at this moment: applying it says so, too.
        Err(error)
            if matches!(
                error.kind,
                Kind::NotFound | Kind::Conflict | Kind::NotCapable
            ) =>
        {
            Ok((None, None))
        }
        Err(error) => Err(error.into()),
    }
}

fn row(l: Texts, effect: &EffectView) -> EffectRow {
    let number = |version: Option<i64>| version.map(|version| l.ta("rollout-version", version));
    let versions = match (number(effect.old_version), number(effect.new_version)) {
        (Some(old), Some(new)) if old != new => format!("{old} → {new}"),
        (_, Some(new)) => new,
        (Some(old), None) => old,
        (None, None) => String::new(),
    };
    EffectRow {
        device: Link {
            href: urls::device(&effect.device_id),
            text: effect.device_name.clone(),
        },
        channel: if effect.channel == "device" {
            l.t("plan-channel-device")
        } else {
            l.t("plan-channel-users")
        },
        item: Link {
            href: effect
                .item_id
                .as_deref()
                .map_or_else(String::new, urls::profile),
            text: effect
                .item_name
                .clone()
                .unwrap_or_else(|| l.t("rollout-why-above")),
        },
        effect: words::effect(l, effect.effect.as_str()),
        reason: effect
            .reason
            .as_deref()
            .map_or_else(String::new, |code| words::plan_reason(l, code, None)),
        versions,
    }
}

pub(in crate::console) fn filter(l: Texts, only: Option<EffectKind>) -> Filter {
    let all = Choice {
        value: String::new(),
        text: l.t("filter-all"),
        chosen: only.is_none(),
    };
    let kinds = EffectKind::ALL.into_iter().map(|kind| Choice {
        value: kind.as_str().to_owned(),
        text: words::effect(l, kind.as_str()),
        chosen: only == Some(kind),
    });
    Filter {
        name: "effect",
        label: l.t("profile-effect"),
        choices: std::iter::once(all).chain(kinds).collect(),
    }
}
