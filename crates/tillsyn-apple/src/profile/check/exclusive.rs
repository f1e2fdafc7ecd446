//! Payloads of which a device takes only one.

use super::finding::{Allowed, Code, Finding, Severity};
use super::profile::{Checked, whole};
use crate::profile::catalogue::{Payload, SYSTEMS, System, system_name};

/// The second one and each after it.
pub(super) fn check(checked: &[Checked<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (nth, (at, _, form)) in checked.iter().enumerate() {
        let Some(form) = form else {
            continue;
        };
        let before = checked.get(..nth).unwrap_or_default();
        let same = |of: &Checked<'_>| of.2.is_some_and(|other| std::ptr::eq(other, *form));
        let systems = systems(form);
        if !before.iter().any(same) || systems.is_empty() {
            continue;
        }
        let everywhere = form.support.rules().count() == systems.len();
        let severity = if everywhere {
            Severity::Error
        } else {
            Severity::Warning
        };
        findings.push(Finding {
            allowed: Allowed::Systems(systems.into_iter().map(system_name).collect()),
            ..whole(at, severity, Code::ExclusiveTwice)
        });
    }
    findings
}

fn systems(form: &Payload) -> Vec<System> {
    SYSTEMS
        .into_iter()
        .filter(|system| form.exclusive(*system))
        .collect()
}
