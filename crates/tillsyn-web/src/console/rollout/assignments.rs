//! `/console/profiles/{id}/assignments`: who has a profile. Every change becomes a plan.

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
use tillsyn_core::ids::{AssignmentId, ProfileId};
use tillsyn_core::plans::{self, Change};
use tillsyn_core::units;
use tillsyn_core::{Error, Kind, Permission, profiles};

use super::words as own;
use crate::console::device::target_href;
use crate::console::failure::Failure;
use crate::console::form::{Filled, Uploaded};
use crate::console::frame::{Frame, Place};
use crate::console::profiles::{ProfileHead, ProfileTab, profile_id};
use crate::console::visitor::Visitor;
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
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let shown = built(&visitor, &profile_id(&id)?, String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn built(
    visitor: &Visitor,
    id: &ProfileId,
    problem: String,
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
    let find = visitor.query.get("q").unwrap_or_default().to_owned();
    let to = visitor.query.get("to").unwrap_or_default();
    let to = found.iter().find(|one| one.id.as_str() == to);
    Ok(AssignmentsPage {
        problem,
        rows: found.iter().map(|one| row(l, id, &numbers, one)).collect(),
        published: view.current_version.is_some(),
        may_write,
        to: to.map_or_else(String::new, |one| one.id.to_string()),
        found: if may_write && !find.is_empty() {
            search(visitor, &find).await?
        } else {
            Vec::new()
        },
        find,
        channels: channels(l, "device"),
        versions: versions(l, &numbers, None),
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
    let fixed = numbers.iter().map(|number| Choice {
        value: number.to_string(),
        text: l.ta("rollout-version", *number),
        chosen: chosen == Some(*number),
    });
    std::iter::once(newest).chain(fixed).collect()
}

/// Groups, units and devices by part of their name.
async fn search(visitor: &Visitor, find: &str) -> Result<Vec<FoundTarget>, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let target = |kind: TargetKind, id: &str, name: String, note: String| FoundTarget {
        value: format!("{}:{id}", kind.as_str()),
        kind: own::target_kind(l, kind),
        name,
        note,
    };
    let mut found = Vec::new();
    let limit = i64::try_from(FOUND).ok();
    if visitor.may(Permission::GroupsRead) {
        let filter = GroupFilter {
            search: Some(find.to_owned()),
            unit: None,
        };
        let groups = groups::list_groups(core, actor, &filter, None, limit).await?;
        found.extend(groups.items.into_iter().map(|group| {
            let note = l.tn("assign-devices", group.reached);
            target(TargetKind::Group, group.id.as_str(), group.name, note)
        }));
    }
    let lower = find.to_lowercase();
    let units = units::list_units(core, actor).await?;
    let named = units
        .into_iter()
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
    let picked = form.all("pick");
    let picked: Vec<TargetRef> = picked.iter().filter_map(|text| target_of(text)).collect();
    let exclude = form.text("mode") == "exclude";
    let to = form.text("to");
    let change = if to.is_empty() {
        Change::Assign {
            profile_id: id.to_string(),
            terms: Terms {
                channel: AssignedChannel::parse(&form.text("channel"))
                    .unwrap_or(AssignedChannel::Device),
                version: form.text("version").parse().ok(),
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
    planned(form.visitor, &id, change).await
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
        terms.version = fields.version.parse().ok();
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
    planned(visitor, &id, change).await
}

/// Makes the plan and goes to it; what cannot be planned is told on the page.
async fn planned(visitor: Visitor, id: &ProfileId, change: Change) -> Result<Response, Failure> {
    let error = match plans::plan(visitor.core(), visitor.actor(), change).await {
        Ok(plan) => return Ok(Redirect::to(&urls::plan(plan.id.as_str())).into_response()),
        Err(error) => error,
    };
    let l = visitor.texts;
    let problem = match (error.kind, error.code) {
        (Kind::Invalid, "targets_missing") => l.t("assign-problem-missing"),
        (Kind::Invalid, "targets_many") => l.t("assign-problem-many"),
        (Kind::Invalid, "target_twice") => l.t("assign-problem-twice"),
        (Kind::Invalid, "version_unknown") => l.t("assign-problem-version"),
        (Kind::Conflict, "nothing_changed") => l.t("assign-problem-same"),
        (Kind::Conflict, "profile_archived") => l.t("profile-refused-archived"),
        (Kind::NotFound, _) => l.t("assign-problem-gone"),
        _ => return Err(error.into()),
    };
    let visitor = visitor.at(urls::profile_assignments(id.as_str()));
    let shown = built(&visitor, id, problem).await?;
    Ok(page(AppError::from(error).status(), &shown))
}
