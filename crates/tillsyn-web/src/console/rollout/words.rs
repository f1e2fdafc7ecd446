//! A plan in words: what changes, for whom, and where it stands.

use tillsyn_core::assignments::{self, AssignedChannel, TargetKind, TargetRef, Terms};
use tillsyn_core::ids::{AssignmentId, DeviceId, GroupId, OrgUnitId, ProfileId};
use tillsyn_core::plans::{Change, PlanStatus};
use tillsyn_core::{devices, groups, org, profiles};

use super::plan::ObjectLine;
use crate::console::visitor::Visitor;
use crate::i18n::Texts;
use crate::ui::{Link, Status, Tone, urls};

/// Targets that a page names one by one.
const NAMED: usize = 20;

pub(super) fn plan_status(l: Texts, value: PlanStatus) -> Status {
    match value {
        PlanStatus::Open => Status::new(Tone::Info, "edit", l.t("plan-status-open")),
        PlanStatus::Waiting => Status::new(Tone::Warn, "clock", l.t("plan-status-waiting")),
        PlanStatus::Applied => Status::new(Tone::Ok, "check", l.t("plan-status-applied")),
        PlanStatus::Overtaken => Status::new(Tone::Idle, "refresh", l.t("plan-status-overtaken")),
        PlanStatus::Cancelled => Status::new(Tone::Idle, "dash", l.t("plan-status-cancelled")),
        PlanStatus::Expired => Status::new(Tone::Idle, "clock", l.t("plan-status-expired")),
    }
}

/// What a change is about, with names as they are now.
pub(super) struct Told {
    /// One sentence.
    pub(super) text: String,
    /// The page of what it is about; empty when that is gone.
    pub(super) href: String,
    /// The profile whose rollout it is.
    pub(super) profile: Option<String>,
    pub(super) lines: Vec<ObjectLine>,
}

/// The change in words. What is gone by now has no name.
pub(super) async fn change(visitor: &Visitor, change: &Change) -> Told {
    let l = visitor.texts;
    match change {
        Change::PublishVersion {
            profile_id,
            comment,
            ..
        } => {
            let lines = comment.iter().map(|comment| ObjectLine {
                label: l.t("plan-comment"),
                links: vec![plain(comment.clone())],
            });
            let lines = lines.collect();
            of_profile(visitor, profile_id, lines, |name| {
                l.ta("plan-publish", name)
            })
            .await
        }
        Change::Assign { profile_id, terms } => {
            let lines = terms_lines(visitor, terms).await;
            of_profile(visitor, profile_id, lines, |name| l.ta("plan-assign", name)).await
        }
        Change::ChangeAssignment {
            assignment_id,
            terms,
        } => {
            let lines = terms_lines(visitor, terms).await;
            of_assignment(visitor, assignment_id, lines, |name| {
                l.ta("plan-change-assignment", name)
            })
            .await
        }
        Change::Unassign { assignment_id } => {
            of_assignment(visitor, assignment_id, Vec::new(), |name| {
                l.ta("plan-unassign", name)
            })
            .await
        }
        Change::ArchiveProfile { profile_id } => {
            of_profile(visitor, profile_id, Vec::new(), |name| {
                l.ta("plan-archive", name)
            })
            .await
        }
        Change::RestoreProfile { profile_id } => {
            of_profile(visitor, profile_id, Vec::new(), |name| {
                l.ta("plan-restore", name)
            })
            .await
        }
        other => elsewhere(visitor, other).await,
    }
}

/// Changes of groups, people and places.
async fn elsewhere(visitor: &Visitor, change: &Change) -> Told {
    let l = visitor.texts;
    let told = |text: String, href: String| Told {
        text,
        href,
        profile: None,
        lines: Vec::new(),
    };
    match change {
        Change::GroupMembers {
            group_id,
            add,
            remove,
        } => {
            let name = name_of(visitor, TargetKind::Group, group_id).await;
            let mut lines = Vec::new();
            for (label, count) in [
                (l.t("plan-members-add"), add.len()),
                (l.t("plan-members-remove"), remove.len()),
            ] {
                if count > 0 {
                    lines.push(ObjectLine {
                        label,
                        links: vec![plain(l.number(count))],
                    });
                }
            }
            Told {
                lines,
                ..told(l.ta("plan-members", &name), urls::group(group_id))
            }
        }
        Change::DeleteGroup { group_id } => {
            let name = name_of(visitor, TargetKind::Group, group_id).await;
            told(l.ta("plan-delete-group", &name), urls::group(group_id))
        }
        Change::MoveDevice {
            device_ids,
            unit_id,
        } => {
            let unit = name_of(visitor, TargetKind::OrgUnit, unit_id).await;
            let args = [("n", device_ids.len().into()), ("unit", (&unit).into())];
            let href = match device_ids.as_slice() {
                [one] => urls::device(one),
                _ => urls::DEVICES.to_owned(),
            };
            told(l.t_args("plan-move-devices", &args), href)
        }
        Change::MovePeople {
            person_ids,
            device_ids,
            unit_id,
        } => {
            let unit = name_of(visitor, TargetKind::OrgUnit, unit_id).await;
            let args = [("n", person_ids.len().into()), ("unit", (&unit).into())];
            let href = match person_ids.as_slice() {
                [one] => urls::person(one),
                _ => urls::PEOPLE.to_owned(),
            };
            let mut moved = told(l.t_args("plan-move-people", &args), href);
            if !device_ids.is_empty() {
                moved.lines.push(ObjectLine {
                    label: l.t("nav-devices"),
                    links: vec![plain(l.number(device_ids.len()))],
                });
            }
            moved
        }
        Change::SetDevicePerson { device_id, .. } => {
            let name = name_of(visitor, TargetKind::Device, device_id).await;
            told(l.ta("plan-set-person", &name), urls::device(device_id))
        }
        Change::MoveUnit { unit_id, .. } => {
            let name = name_of(visitor, TargetKind::OrgUnit, unit_id).await;
            told(l.ta("plan-move-unit", &name), urls::UNITS.to_owned())
        }
        _ => told(l.t("plan-other"), String::new()),
    }
}

async fn of_profile(
    visitor: &Visitor,
    id: &str,
    lines: Vec<ObjectLine>,
    text: impl Fn(&str) -> String,
) -> Told {
    let found = match ProfileId::parse(id) {
        Some(id) => profiles::find_profile(visitor.core(), visitor.actor(), &id)
            .await
            .ok(),
        None => None,
    };
    let l = visitor.texts;
    match found {
        Some(found) => Told {
            text: text(&found.name),
            href: urls::profile(id),
            profile: Some(id.to_owned()),
            lines,
        },
        None => Told {
            text: text(&l.t("plan-gone")),
            href: String::new(),
            profile: None,
            lines,
        },
    }
}

async fn of_assignment(
    visitor: &Visitor,
    id: &str,
    lines: Vec<ObjectLine>,
    text: impl Fn(&str) -> String,
) -> Told {
    let found = match AssignmentId::parse(id) {
        Some(id) => assignments::assignment(visitor.core(), visitor.actor(), &id)
            .await
            .ok(),
        None => None,
    };
    let l = visitor.texts;
    match found {
        Some(found) => Told {
            text: text(&found.item_name),
            href: urls::profile_assignments(&found.item_id),
            profile: Some(found.item_id),
            lines,
        },
        None => Told {
            text: text(&l.t("plan-gone")),
            href: String::new(),
            profile: None,
            lines,
        },
    }
}

/// Targets, channel and version.
async fn terms_lines(visitor: &Visitor, terms: &Terms) -> Vec<ObjectLine> {
    let l = visitor.texts;
    let mut lines = vec![ObjectLine {
        label: l.t("plan-to"),
        links: targets(visitor, &terms.include).await,
    }];
    if !terms.exclude.is_empty() {
        lines.push(ObjectLine {
            label: l.t("plan-except"),
            links: targets(visitor, &terms.exclude).await,
        });
    }
    lines.push(ObjectLine {
        label: l.t("plan-channel"),
        links: vec![plain(channel(l, terms.channel))],
    });
    lines.push(ObjectLine {
        label: l.t("plan-version"),
        links: vec![plain(version(l, terms.version))],
    });
    lines
}

pub(super) fn channel(l: Texts, channel: AssignedChannel) -> String {
    match channel {
        AssignedChannel::Device => l.t("plan-channel-device"),
        AssignedChannel::Users => l.t("plan-channel-users"),
    }
}

pub(super) fn version(l: Texts, version: Option<i64>) -> String {
    version.map_or_else(
        || l.t("plan-version-newest"),
        |version| l.ta("rollout-fixed", version),
    )
}

pub(super) fn target_kind(l: Texts, kind: TargetKind) -> String {
    match kind {
        TargetKind::Group => l.t("rollout-why-group"),
        TargetKind::OrgUnit => l.t("rollout-why-unit"),
        TargetKind::Device => l.t("device"),
    }
}

async fn targets(visitor: &Visitor, targets: &[TargetRef]) -> Vec<Link> {
    let mut links = Vec::new();
    for target in targets.iter().take(NAMED) {
        links.push(Link {
            href: crate::console::device::target_href(target.kind.as_str(), &target.id),
            text: name_of(visitor, target.kind, &target.id).await,
        });
    }
    if targets.len() > NAMED {
        let more = targets.len() - NAMED;
        links.push(plain(visitor.texts.tn("plan-targets-more", more)));
    }
    links
}

/// The name of a target as it is now.
async fn name_of(visitor: &Visitor, kind: TargetKind, id: &str) -> String {
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = match kind {
        TargetKind::Group => match GroupId::parse(id) {
            Some(id) => groups::group(core, actor, &id).await.ok().map(|g| g.name),
            None => None,
        },
        TargetKind::OrgUnit => match OrgUnitId::parse(id) {
            Some(id) => org::reached(core, actor, &id)
                .await
                .ok()
                .flatten()
                .map(|u| u.name),
            None => None,
        },
        TargetKind::Device => match DeviceId::parse(id) {
            Some(id) => devices::device(core, actor, &id)
                .await
                .ok()
                .map(|device| device.row.name),
            None => None,
        },
    };
    found.unwrap_or_else(|| visitor.texts.t("plan-gone"))
}

fn plain(text: String) -> Link {
    Link {
        href: String::new(),
        text,
    }
}
