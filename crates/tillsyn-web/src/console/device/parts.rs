//! The cards of the device's page.

use tillsyn_core::Permission;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::commands::{self, CommandFilter, CommandStatus};
use tillsyn_core::devices::{EnrollmentView, FactView};
use tillsyn_core::push;

use super::build::Build;
use super::page::{
    Callout, EnrollmentLine, Fact, FactValue, Identity, ProfileRow, SecurityFact, StripFigure,
};
use crate::console::commands::title_of;
use crate::console::failure::Failure;
use crate::console::words;

/// Only when something is wrong or due: what ended it, what it cannot hear, what it does not answer.
pub(super) async fn callout(build: &Build<'_>) -> Result<Option<Callout>, Failure> {
    let (visitor, l, row) = (build.visitor, build.visitor.texts, &build.device.row);
    if let Some(ended) = build
        .device
        .enrollments
        .first()
        .filter(|e| e.ended_at.is_some())
    {
        return Ok(Some(over(build, ended)));
    }
    if row.enrollment_status.as_deref() != Some("active") {
        return Ok(None);
    }
    if let Some(held) = held(build).await? {
        return Ok(Some(held));
    }
    if !push::wakes_device(visitor.core(), row.id.as_str()).await? {
        return Ok(Some(Callout::no_push(l)));
    }
    let since = row
        .last_seen
        .map_or_else(String::new, |at| l.date_time(at, &visitor.zone));
    Ok(match row.contact.as_str() {
        "unreachable" => Some(Callout::unreachable(l, &since)),
        "unhealthy" => Some(Callout::silent(l, &since)),
        _ => None,
    })
}

/// An erase or retire that the guard holds.
async fn held(build: &Build<'_>) -> Result<Option<Callout>, Failure> {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let filter = CommandFilter {
        device_id: Some(build.device.row.id.clone()),
        status: Some(CommandStatus::Held.as_str().to_owned()),
        ..CommandFilter::default()
    };
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = commands::list_commands(core, actor, filter, None, Some(1)).await?;
    Ok(found.items.first().map(|command| {
        let title = title_of(l, command);
        match command.held_until {
            Some(at) => Callout::held(l, &title, &l.moment(at, &visitor.zone).text),
            None => Callout::held_for_release(l, &title),
        }
    }))
}

fn over(build: &Build<'_>, ended: &EnrollmentView) -> Callout {
    let l = build.visitor.texts;
    let date = l.date(ended.ended_at.unwrap_or_default(), &build.visitor.zone);
    match (ended.status.as_str(), ended.end_reason.as_deref()) {
        ("wiped", _) => Callout::wiped(l, &date),
        (_, Some("retired")) => Callout::retired(l, &date),
        _ => Callout::removed(l, &date),
    }
}

pub(super) fn strip(build: &Build<'_>) -> Vec<StripFigure> {
    let (visitor, l, device) = (build.visitor, build.visitor.texts, &build.device);
    let row = &device.row;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut strip = vec![
        StripFigure::seen(l, row.last_seen.map(|at| l.ago(at, &visitor.zone))),
        StripFigure::os(l, &text(&row.os_version), &text(&device.build_version)),
    ];
    if let (Some(kind), Some(at)) = (&row.enrollment_type, row.enrolled_at) {
        strip.push(StripFigure::enrollment(l, kind, &l.date(at, &visitor.zone)));
    }
    if row.enrollment_status.as_deref() == Some("active") {
        strip.push(StripFigure::contact(l, &row.contact));
    }
    let battery = device
        .battery_percent
        .and_then(|value| u64::try_from(value).ok());
    let size = |value: Option<i64>| value.map_or_else(String::new, |value| words::bytes(l, value));
    strip.push(StripFigure::battery(
        l,
        &battery.map_or_else(String::new, |value| l.percent(value, 100)),
        &size(device.available_bytes),
        &size(device.capacity_bytes),
    ));
    strip.extend(certificate(build));
    strip
}

/// The end of the identity that its enrollment is pinned to.
pub(super) fn certificate(build: &Build<'_>) -> Option<StripFigure> {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let active = build.device.row.enrollment_status.as_deref() == Some("active");
    let end = build.device.certificate_not_after.filter(|_| active)?;
    let days = (end - visitor.zone.now_ms).div_euclid(DAY_MS);
    Some(StripFigure::certificate(
        l,
        days,
        &l.date(end, &visitor.zone),
    ))
}

pub(super) fn profiles(build: &Build<'_>) -> Vec<ProfileRow> {
    let l = build.visitor.texts;
    let may = build.visitor.may(Permission::ProfilesInstall)
        && build.device.row.enrollment_status.as_deref() == Some("active");
    let rows = build.device.profiles.iter().map(|profile| ProfileRow {
        name: profile
            .name
            .clone()
            .unwrap_or_else(|| profile.identifier.clone()),
        identifier: profile.identifier.clone(),
        origin: match (profile.enrolls, profile.managed) {
            (true, _) => words::profile_origin(l, "enrollment"),
            (false, Some(true)) => words::profile_origin(l, "tillsyn"),
            (false, _) => words::profile_origin(l, "other"),
        },
        // Removing the enrollment profile is a retire and has its own dialog.
        removable: may && !profile.enrolls && profile.managed != Some(false),
    });
    rows.collect()
}

/// Facts on the summary; their tab has them all.
const KEY_FACTS: [&str; 8] = [
    "model_name",
    "os_version",
    "available_capacity_bytes",
    "battery_level",
    "is_cloud_backup_enabled",
    "last_cloud_backup_at",
    "is_device_locator_service_enabled",
    "time_zone",
];
/// What the promise to people with their own devices leaves out.
const NOT_SHARED: [&str; 9] = [
    "serial_number",
    "udid",
    "imei",
    "imeis",
    "meid",
    "iccid",
    "eids",
    "phone_number",
    "service_subscriptions",
];

pub(super) fn facts(build: &Build<'_>, all: bool) -> Vec<Fact> {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let shown = |name: &str| all || KEY_FACTS.contains(&name);
    let value = |fact: &FactView| value_of(build, &fact.name, &fact.value);
    let facts = build.device.facts.iter().filter(|fact| shown(&fact.name));
    let mut facts: Vec<Fact> = facts
        .map(|fact| Fact {
            label: words::fact_label(l, &fact.name),
            value: value(fact),
            source: fact.source.clone(),
            age: Some(l.ago(fact.observed_at, &visitor.zone)),
        })
        .collect();
    facts.sort_by(|a, b| a.label.cmp(&b.label));
    facts
}

/// A fact's value, unless a personal device does not share it.
pub(super) fn value_of(build: &Build<'_>, name: &str, value: &serde_json::Value) -> FactValue {
    if build.is_personal() && NOT_SHARED.contains(&name) {
        return FactValue::NotShared;
    }
    let visitor = build.visitor;
    words::fact_value(visitor.texts, &visitor.zone, name, value)
}

pub(super) fn identity(build: &Build<'_>) -> Vec<Identity> {
    let device = &build.device;
    let enrollment = device.enrollments.first();
    let personal = build.is_personal();
    words::identity(
        build.visitor.texts,
        personal,
        device.row.serial_number.as_deref().filter(|_| !personal),
        device.udid.as_deref().filter(|_| !personal),
        device.row.id.as_str(),
        enrollment.map_or("", |enrollment| enrollment.id.as_str()),
    )
}

/// One that is begun first, then the newest.
pub(super) fn enrollments(build: &Build<'_>) -> Vec<EnrollmentLine> {
    let (l, zone) = (build.visitor.texts, &build.visitor.zone);
    let line = |view: &EnrollmentView| {
        let from = l.date_time(view.enrolled_at.unwrap_or(view.began_at), zone);
        let to = view
            .ended_at
            .map_or_else(String::new, |at| l.date_time(at, zone));
        let reason = view.end_reason.as_deref().unwrap_or_default();
        let what = (view.status.as_str(), view.ownership.as_str());
        EnrollmentLine::new(l, what, (&from, &to), reason)
    };
    let (begun, others): (Vec<_>, Vec<_>) = build
        .device
        .enrollments
        .iter()
        .partition(|view| view.status == "pending");
    begun.into_iter().chain(others).map(line).collect()
}

pub(super) fn security(build: &Build<'_>) -> Vec<SecurityFact> {
    let (l, device) = (build.visitor.texts, &build.device);
    let flag = |name: &str| {
        let fact = device.facts.iter().find(|fact| fact.name == name)?;
        fact.value.as_bool()
    };
    let mut lines = vec![
        SecurityFact::passcode(l, device.passcode_present, flag("passcode_compliant")),
        SecurityFact::encryption(l, device.encrypted),
        SecurityFact::activation_lock(l, flag("is_activation_lock_enabled")),
        SecurityFact::supervision(l, device.row.supervised),
    ];
    if build.is_mac() {
        lines.push(SecurityFact::firewall(l, flag("firewall_enabled")));
    }
    if device.escrow_kinds.iter().any(|kind| kind == "lock_pin") {
        lines.push(SecurityFact::lock_pin(l));
    }
    lines
}
