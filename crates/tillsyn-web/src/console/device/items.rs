//! The profiles tab: what a device is to have, has and proved, each with why.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value as Json;
use tillsyn_core::Permission;
use tillsyn_core::reconcile::{self, ItemView, Why, WhyTarget};

use super::build::{Build, device_id};
use super::page::ProfileRow;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::words;
use crate::docs::{Topic, help};
use crate::i18n::{Texts, When};
use crate::ui::{Link, Status, status, urls};

/// The tab of the device's page.
pub struct ItemsTab {
    pub items: Vec<ItemRow>,
    /// What is on it and not ours to keep.
    pub foreign: Vec<ProfileRow>,
    /// It can be asked for its lists now.
    pub may_check: bool,
}

/// One profile on one channel.
pub struct ItemRow {
    pub profile: Link,
    pub identifier: String,
    /// The user's name on a user channel.
    pub user: String,
    pub status: Status,
    /// The version that it is to have, in words.
    pub desired: String,
    pub delivered: Option<Proof>,
    pub confirmed: Option<Proof>,
    /// What brings it here, most direct first.
    pub why: Vec<WhyLine>,
    pub reason: String,
    /// Where that is explained.
    pub help: String,
    /// The device's own words.
    pub said: String,
    pub next: Option<When>,
    pub drifted: Option<Proof>,
    /// What works on it.
    pub command: Option<CommandLine>,
}

/// A version or count, and when.
pub struct Proof {
    pub text: String,
    pub when: When,
}

/// One assignment's target.
pub struct WhyLine {
    pub kind: String,
    /// None of what lies above everything that the visitor reaches.
    pub target: Option<Link>,
    /// A fixed version; empty when it follows the newest.
    pub version: String,
}

pub struct CommandLine {
    pub href: String,
    pub status: Status,
}

pub(super) async fn tab(build: &Build<'_>) -> Result<ItemsTab, Failure> {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = reconcile::items_of_device(core, actor, &build.device.row.id).await?;
    let foreign = super::parts::profiles(build)
        .into_iter()
        .filter(|row| {
            let of_ours = |item: &ItemView| item.identifier == row.identifier && !is_user(item);
            !found.items.iter().any(of_ours)
        })
        .chain(
            found
                .foreign
                .iter()
                .filter(|profile| profile.channel != "device")
                .map(|profile| ProfileRow {
                    name: profile
                        .name
                        .clone()
                        .unwrap_or_else(|| profile.identifier.clone()),
                    identifier: profile.identifier.clone(),
                    origin: l.t("rollout-foreign-user"),
                    removable: false,
                }),
        )
        .collect();
    Ok(ItemsTab {
        items: found
            .items
            .iter()
            .map(|item| ItemRow::of(visitor, item))
            .collect(),
        foreign,
        may_check: visitor.may(Permission::DevicesQuery)
            && build.device.row.enrollment_status.as_deref() == Some("active"),
    })
}

fn is_user(item: &ItemView) -> bool {
    item.channel != "device"
}

impl ItemRow {
    pub(in crate::console) fn of(
        visitor: &crate::console::visitor::Visitor,
        item: &ItemView,
    ) -> Self {
        let (l, zone) = (visitor.texts, &visitor.zone);
        let proof = |version: Option<i64>, at: Option<i64>| {
            Some(Proof {
                text: l.ta("rollout-version", version?),
                when: l.ago(at?, zone),
            })
        };
        Self {
            profile: Link {
                href: item
                    .profile_id
                    .as_ref()
                    .map_or_else(String::new, |id| urls::profile(id.as_str())),
                text: item
                    .profile_name
                    .clone()
                    .unwrap_or_else(|| l.t("rollout-why-above")),
            },
            identifier: item.identifier.clone(),
            user: match (&item.user_name, is_user(item)) {
                (Some(name), true) => name.clone(),
                (None, true) => item.channel.trim_start_matches("user:").to_owned(),
                (_, false) => String::new(),
            },
            status: status(l, "item", &item.state),
            desired: desired(l, item.desired_version),
            delivered: proof(item.delivered_version, item.delivered_at),
            confirmed: proof(item.confirmed_version, item.confirmed_at),
            why: item.why.iter().flat_map(|why| lines(l, why)).collect(),
            reason: reason(l, item),
            help: item
                .reason
                .as_deref()
                .and_then(|code| help(Topic::Reason, code))
                .unwrap_or_default(),
            said: said(item.reason_detail.as_ref()),
            next: item.next_attempt_at.map(|at| l.moment(at, zone)),
            drifted: item.drifted_at.filter(|_| item.drifts > 0).map(|at| Proof {
                text: l.tn("rollout-drifts", item.drifts),
                when: l.ago(at, zone),
            }),
            command: item.command.as_ref().map(|command| CommandLine {
                href: urls::command(item.device_id.as_str(), &command.id),
                status: status(l, "command", &command.status),
            }),
        }
    }
}

/// The version that is wanted, in words.
pub(in crate::console) fn desired(l: Texts, version: Option<i64>) -> String {
    version.map_or_else(
        || l.t("rollout-absent"),
        |version| l.ta("rollout-version", version),
    )
}

/// Why it is not as desired; empty when nothing is known or needed.
pub(in crate::console) fn reason(l: Texts, item: &ItemView) -> String {
    item.reason.as_deref().map_or_else(String::new, |code| {
        words::item_reason(l, code, item.reason_detail.as_ref())
    })
}

/// The device's first error, in the vendor's words.
pub(in crate::console) fn said(detail: Option<&Json>) -> String {
    let Some(first) = detail
        .and_then(|detail| detail.get("error_chain"))
        .and_then(|chain| chain.get(0))
    else {
        return String::new();
    };
    let text = |name: &str| first[name].as_str().unwrap_or_default();
    let code = format!("{} {}", text("error_domain"), first["error_code"]);
    [
        text("us_english_description"),
        text("localized_description"),
    ]
    .into_iter()
    .find(|text| !text.is_empty())
    .map_or_else(|| code.clone(), |words| format!("{words} ({code})"))
}

fn lines(l: Texts, why: &Why) -> Vec<WhyLine> {
    let version = why
        .version
        .map_or_else(String::new, |version| l.ta("rollout-fixed", version));
    let line = |target: &WhyTarget| {
        let named = target.id.as_ref().zip(target.name.as_ref());
        WhyLine {
            kind: match (target.kind.as_str(), target.by_person) {
                _ if named.is_none() => l.t("rollout-why-above"),
                ("group", true) => l.t("rollout-why-person"),
                ("group", false) => l.t("rollout-why-group"),
                ("org_unit", _) => l.t("rollout-why-unit"),
                _ => l.t("rollout-why-device"),
            },
            target: named.map(|(id, name)| Link {
                href: target_href(&target.kind, id),
                text: name.clone(),
            }),
            version: version.clone(),
        }
    };
    why.targets.iter().map(line).collect()
}

/// The page of a target.
pub(in crate::console) fn target_href(kind: &str, id: &str) -> String {
    match kind {
        "group" => urls::group(id),
        "org_unit" => urls::UNITS.to_owned(),
        _ => urls::device(id),
    }
}

#[derive(Deserialize)]
pub(crate) struct Fields {}

/// `POST /console/devices/{id}/profiles/check`: asks the device for its lists and looks at it anew.
pub(crate) async fn check_profiles(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, device) = (form.visitor, device_id(&id)?);
    reconcile::reconcile_device(visitor.core(), visitor.actor(), &device).await?;
    let to = urls::device_profiles(device.as_str());
    Ok(go(visitor.state(), &to, Told::Checked))
}
