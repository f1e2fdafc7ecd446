//! `/console/profiles/{id}/assignments`: who has a profile. Every change becomes a plan.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::assignments::{
    self, AssignedChannel, AssignmentView, TargetKind, TargetRef, TargetView, Terms,
};
use tillsyn_core::devices::{self, DeviceFilter, DeviceSort};
use tillsyn_core::groups::{self, GroupFilter};
use tillsyn_core::ids::{AssignmentId, OrgUnitId, ProfileId};
use tillsyn_core::plans::{self, Change};
use tillsyn_core::units::{self, UnitView};
use tillsyn_core::{Error, Kind, Permission, profiles};

use super::words as own;
use crate::console::device::target_href;
use crate::console::failure::Failure;
use crate::console::form::{Filled, Uploaded};
use crate::console::frame::{Frame, Place};
use crate::console::profiles::{ProfileHead, ProfileTab, profile_id};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{Choice, page, urls};

/// Groups, units and devices each that a search shows.
const FOUND: usize = 10;

#[derive(Template)]
#[template(path = "console/profile_assignments.html")]
pub struct AssignmentsPage {
    pub f: Frame,
    pub head: ProfileHead,
    pub problem: String,
    pub rows: Vec<AssignmentRow>,
    /// Never published profiles cannot be assigned.
    pub published: bool,
    pub may_write: bool,
    pub find: String,
    /// The assignment that targets are added to; empty for a new one.
    pub to: String,
    /// Whom it can be assigned to at all.
    pub within: String,
    pub found: Vec<FoundTarget>,
    pub channels: Vec<Choice>,
    pub versions: Vec<Choice>,
}

pub struct AssignmentRow {
    pub id: String,
    pub channel: String,
    pub version: String,
    pub include: Vec<TargetRow>,
    pub exclude: Vec<TargetRow>,
    /// The page that adds to this one.
    pub add: String,
    pub channels: Vec<Choice>,
    pub versions: Vec<Choice>,
}

pub struct TargetRow {
    /// `group:ID`, as forms send it.
    pub value: String,
    pub kind: String,
    pub name: String,
    pub href: String,
    pub devices: String,
}

pub struct FoundTarget {
    pub value: String,
    pub kind: String,
    pub name: String,
    /// Unit, or devices that it stands for.
    pub note: String,
    pub picked: bool,
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let asked = Asked {
        find: visitor.query.get("q").unwrap_or_default().to_owned(),
        to: visitor.query.get("to").unwrap_or_default().to_owned(),
        ..Asked::default()
    };
    let shown = built(&visitor, &profile_id(&id)?, String::new(), &asked).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// What is searched and chosen.
#[derive(Default)]
struct Asked {
    find: String,
    /// The assignment that it is for; empty for a new one.
    to: String,
    /// `group:ID` and the like.
    picked: Vec<String>,
    channel: String,
    version: String,
}

async fn built(
    visitor: &Visitor,
    id: &ProfileId,
    problem: String,
    asked: &Asked,
) -> Result<AssignmentsPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let (head, view) = ProfileHead::load(visitor, id, ProfileTab::Assignments).await?;
    let found = assignments::assignments_of_profile(core, actor, id).await?;
    let numbers: Vec<i64> = profiles::list_versions(core, actor, id, None, Some(100))
        .await?
        .items
        .iter()
        .map(|version| version.number)
        .collect();
    let may_write = visitor.may(Permission::AssignmentsWrite) && !view.archived;
    let to = found.iter().find(|one| one.id.as_str() == asked.to);
    Ok(AssignmentsPage {
        problem,
        rows: found.iter().map(|one| row(l, id, &numbers, one)).collect(),
        published: view.current_version.is_some(),
        may_write,
        to: to.map_or_else(String::new, |one| one.id.to_string()),
        found: if may_write && !asked.find.is_empty() {
            search(visitor, &view.unit_id, asked).await?
        } else {
            Vec::new()
        },
        find: asked.find.clone(),
        within: l.ta("assign-within", view.unit_name.as_str()),
        channels: channels(
            l,
            if asked.channel.is_empty() {
                "device"
            } else {
                &asked.channel
            },
        ),
        versions: versions(l, &numbers, asked.version.parse().ok()),
        head,
        f: visitor.frame(Place::Profiles, "").await?,
    })
}

fn row(l: Texts, profile: &ProfileId, numbers: &[i64], one: &AssignmentView) -> AssignmentRow {
    let target = |target: &TargetView| TargetRow {
        value: format!("{}:{}", target.kind, target.id),
        kind: TargetKind::parse(target.kind)
            .map_or_else(String::new, |kind| own::target_kind(l, kind)),
        name: target.name.clone().unwrap_or_else(|| l.t("assign-outside")),
        href: if target.name.is_some() {
            target_href(target.kind, &target.id)
        } else {
            String::new()
        },
        devices: l.tn("assign-devices", target.devices),
    };
    let add = urls::Query::default()
        .with("to", one.id.as_str())
        .url(&urls::profile_assignments(profile.as_str()));
    AssignmentRow {
        id: one.id.to_string(),
        channel: AssignedChannel::parse(&one.channel)
            .map_or_else(String::new, |channel| own::channel(l, channel)),
        version: own::version(l, one.version),
        include: one.include.iter().map(target).collect(),
        exclude: one.exclude.iter().map(target).collect(),
        add,
        channels: channels(l, &one.channel),
        versions: versions(l, numbers, one.version),
    }
}

pub(in crate::console) fn channels(l: Texts, chosen: &str) -> Vec<Choice> {
    let choice = |channel: AssignedChannel| Choice {
        value: channel.as_str().to_owned(),
        text: own::channel(l, channel),
        chosen: channel.as_str() == chosen,
    };
    [AssignedChannel::Device, AssignedChannel::Users]
        .map(choice)
        .into()
}

pub(in crate::console) fn versions(l: Texts, numbers: &[i64], chosen: Option<i64>) -> Vec<Choice> {
    let newest = Choice {
        value: String::new(),
        text: own::version(l, None),
        chosen: chosen.is_none(),
    };
    // The fixed one may be older than those that are listed.
    let older = chosen.filter(|number| !numbers.contains(number));
    let fixed = numbers.iter().copied().chain(older).map(|number| Choice {
        value: number.to_string(),
        text: l.ta("rollout-version", number),
        chosen: chosen == Some(number),
    });
    std::iter::once(newest).chain(fixed).collect()
}

/// Groups, units and devices by part of their name, in the unit or below it.
async fn search(
    visitor: &Visitor,
    within: &OrgUnitId,
    asked: &Asked,
) -> Result<Vec<FoundTarget>, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let find = asked.find.as_str();
    let target = |kind: TargetKind, id: &str, name: String, note: String| {
        let value = format!("{}:{id}", kind.as_str());
        FoundTarget {
            picked: asked.picked.contains(&value),
            value,
            kind: own::target_kind(l, kind),
            name,
            note,
        }
    };
    let mut found = Vec::new();
    let limit = i64::try_from(FOUND).ok();
    if visitor.may(Permission::GroupsRead) {
        let filter = GroupFilter {
            search: Some(find.to_owned()),
            unit: Some(within.clone()),
        };
        let groups = groups::list_groups(core, actor, &filter, None, limit).await?;
        found.extend(groups.items.into_iter().map(|group| {
            let note = l.tn("assign-devices", group.reached);
            target(TargetKind::Group, group.id.as_str(), group.name, note)
        }));
    }
    let lower = find.to_lowercase();
    let units = units::list_units(core, actor).await?;
    let inside = inside(&units, within);
    let named = units
        .into_iter()
        .filter(|unit| inside.contains(&unit.id))
        .filter(|unit| unit.name.to_lowercase().contains(&lower));
    found.extend(named.take(FOUND).map(|unit| {
        let note = l.tn("assign-devices", unit.below.devices);
        target(
            TargetKind::OrgUnit,
            unit.id.as_str(),
            unit.names.join(" / "),
            note,
        )
    }));
    if visitor.may(Permission::DevicesRead) {
        let filter = DeviceFilter {
            search: Some(find.to_owned()),
            unit: Some(within.clone()),
            ..DeviceFilter::default()
        };
        let sort = (DeviceSort::Name, false);
        let devices = devices::list_devices(core, actor, &filter, sort, None, limit).await?;
        found.extend(devices.items.into_iter().map(|device| {
            let note = device.serial_number.unwrap_or_default();
            target(TargetKind::Device, device.id.as_str(), device.name, note)
        }));
    }
    Ok(found)
}

/// The unit and all below it.
fn inside(units: &[UnitView], top: &OrgUnitId) -> BTreeSet<OrgUnitId> {
    let mut inside = BTreeSet::from([top.clone()]);
    loop {
        let new = units.iter().filter(|unit| {
            let parent = unit.parent_id.as_ref();
            parent.is_some_and(|parent| inside.contains(parent)) && !inside.contains(&unit.id)
        });
        let new: Vec<OrgUnitId> = new.map(|unit| unit.id.clone()).collect();
        if new.is_empty() {
            return inside;
        }
        inside.extend(new);
    }
}

/// Of a form: empty is the newest, `Err` what is no number.
fn fixed(text: &str) -> Result<Option<i64>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let unknown = |_| Error::invalid("version", "version_unknown", "There is no such version.");
    text.parse().map(Some).map_err(unknown)
}

/// `group:ID` of a form.
fn target_of(text: &str) -> Option<TargetRef> {
    let (kind, id) = text.split_once(':')?;
    Some(TargetRef {
        kind: TargetKind::parse(kind)?,
        id: id.to_owned(),
    })
}

fn refs(targets: &[TargetView]) -> Vec<TargetRef> {
    let of = |target: &TargetView| {
        Some(TargetRef {
            kind: TargetKind::parse(target.kind)?,
            id: target.id.clone(),
        })
    };
    targets.iter().filter_map(of).collect()
}

fn terms_of(one: &AssignmentView) -> Terms {
    Terms {
        channel: AssignedChannel::parse(&one.channel).unwrap_or(AssignedChannel::Device),
        version: one.version,
        include: refs(&one.include),
        exclude: refs(&one.exclude),
    }
}

/// `POST …/assignments`: plans a new assignment, or more targets for one.
pub(crate) async fn add(Path(id): Path<String>, form: Uploaded) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let visitor = &form.visitor;
    let asked = Asked {
        find: form.text("q"),
        to: form.text("to"),
        picked: form.all("pick"),
        channel: form.text("channel"),
        version: form.text("version"),
    };
    let picked = asked.picked.iter().filter_map(|text| target_of(text));
    let picked: Vec<TargetRef> = picked.collect();
    let version = match fixed(&asked.version) {
        Ok(version) => version,
        Err(error) => return refused(form.visitor, &id, error, &asked).await,
    };
    let exclude = form.text("mode") == "exclude";
    let to = asked.to.clone();
    let change = if to.is_empty() {
        Change::Assign {
            profile_id: id.to_string(),
            terms: Terms {
                channel: AssignedChannel::parse(&asked.channel).unwrap_or(AssignedChannel::Device),
                version,
                include: picked,
                exclude: Vec::new(),
            },
        }
    } else {
        let one = find(visitor, &id, &to).await?;
        let mut terms = terms_of(&one);
        let known = terms.include.iter().chain(&terms.exclude);
        let known: Vec<TargetRef> = known.cloned().collect();
        let new = picked.into_iter().filter(|target| !known.contains(target));
        if exclude {
            terms.exclude.extend(new);
        } else {
            terms.include.extend(new);
        }
        Change::ChangeAssignment {
            assignment_id: to,
            terms,
        }
    };
    planned(form.visitor, &id, change, &asked).await
}

async fn find(visitor: &Visitor, profile: &ProfileId, id: &str) -> Result<AssignmentView, Error> {
    let missing = || Error::not_found("assignment");
    let id = AssignmentId::parse(id).ok_or_else(missing)?;
    let one = assignments::assignment(visitor.core(), visitor.actor(), &id).await?;
    if one.item_id == profile.as_str() {
        return Ok(one);
    }
    Err(missing())
}

#[derive(Deserialize)]
pub(crate) struct ChangeFields {
    /// A target to leave off; without it, channel and version are set.
    #[serde(default)]
    drop: String,
    #[serde(default)]
    remove: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    version: String,
}

/// `POST …/assignments/{assignment}`: plans other terms, or that it goes.
pub(crate) async fn change(
    Path((id, assignment)): Path<(String, String)>,
    form: Filled<ChangeFields>,
) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let (visitor, fields) = (form.visitor, form.fields);
    let one = find(&visitor, &id, &assignment).await?;
    let mut terms = terms_of(&one);
    if let Some(dropped) = target_of(&fields.drop) {
        terms.include.retain(|target| *target != dropped);
        terms.exclude.retain(|target| *target != dropped);
    } else if fields.remove.is_empty() {
        terms.channel = AssignedChannel::parse(&fields.channel).unwrap_or(terms.channel);
        terms.version = match fixed(&fields.version) {
            Ok(version) => version,
            Err(error) => return refused(visitor, &id, error, &Asked::default()).await,
        };
    }
    let change = if fields.remove.is_empty() && !terms.include.is_empty() {
        Change::ChangeAssignment {
            assignment_id: assignment,
            terms,
        }
    } else {
        Change::Unassign {
            assignment_id: assignment,
        }
    };
    planned(visitor, &id, change, &Asked::default()).await
}

/// Makes the plan and goes to it; what cannot be planned is told on the page.
async fn planned(
    visitor: Visitor,
    id: &ProfileId,
    change: Change,
    asked: &Asked,
) -> Result<Response, Failure> {
    match plans::plan(visitor.core(), visitor.actor(), change).await {
        Ok(plan) => Ok(Redirect::to(&urls::plan(plan.id.as_str())).into_response()),
        Err(error) => refused(visitor, id, error, asked).await,
    }
}

/// The page with why not, and with what was chosen.
async fn refused(
    visitor: Visitor,
    id: &ProfileId,
    error: Error,
    asked: &Asked,
) -> Result<Response, Failure> {
    let l = visitor.texts;
    let problem = match (error.kind, error.code) {
        (Kind::Invalid, "targets_missing") => l.t("assign-problem-missing"),
        (Kind::Invalid, "targets_many") => l.t("assign-problem-many"),
        (Kind::Invalid, "target_twice") => l.t("assign-problem-twice"),
        (Kind::Invalid, "version_unknown") => l.t("assign-problem-version"),
        (Kind::Invalid, "target_outside") => l.t("assign-problem-outside"),
        (Kind::Invalid, "target_unknown") => l.t("assign-problem-unknown"),
        (Kind::Conflict, "nothing_changed") => l.t("assign-problem-same"),
        (Kind::NotFound, _) => l.t("assign-problem-gone"),
        (Kind::Conflict, code) => match words::known_refusal(l, code) {
            Some(text) => text,
            None => return Err(error.into()),
        },
        _ => return Err(error.into()),
    };
    let visitor = visitor.at(urls::profile_assignments(id.as_str()));
    let shown = built(&visitor, id, problem, asked).await?;
    Ok(page(AppError::from(error).status(), &shown))
}
