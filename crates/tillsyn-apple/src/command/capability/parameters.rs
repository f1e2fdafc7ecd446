//! The keys of one request: each by its own row, and what only prose says about them.

use plist::{Dictionary, Value};

use super::refusal::{Refusal, RefusalCode};
use super::row::{self, refuse};
use crate::command::queries;
use crate::command::schema;
use crate::command::settings::item_names;
use crate::command::{DeviceLock, EraseDevice, Request, RequestType};
use crate::platform::DeviceFacts;

/// Every key that the schema restricts. Keys that it does not have are passed over: the device
/// does so, too.
pub(super) fn walk(path: &str, dict: &Dictionary, facts: &DeviceFacts) -> Result<(), Refusal> {
    for (key, value) in dict {
        let path = format!("{path}.{key}");
        let rows = schema::parameter(&path);
        if !rows.is_empty() {
            let Some(row) = row::of(rows, facts) else {
                return refuse(
                    RefusalCode::ParameterUnsupported,
                    format!("{} takes no {path}", facts.platform),
                );
            };
            row::fits(row, &path, facts)?;
        }
        match value {
            Value::Dictionary(inner) => walk(&path, inner, facts)?,
            Value::Array(items) => {
                for item in items.iter().filter_map(Value::as_dictionary) {
                    walk(&path, item, facts)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Each item by its own row, rights included: they take the place of the command's.
pub(super) fn settings(request: &Dictionary, facts: &DeviceFacts) -> Result<(), Refusal> {
    for name in item_names(request) {
        let rows = schema::setting(&name);
        if rows.is_empty() {
            return refuse(
                RefusalCode::ParameterUnsupported,
                "a setting that Apple's schema does not have",
            );
        }
        let what = format!("the setting {name}");
        let Some(row) = row::of(rows, facts) else {
            return refuse(
                RefusalCode::PlatformUnsupported,
                format!("{} has no {what}", facts.platform),
            );
        };
        row::fits(row, &what, facts)?;
        row::right(row, &what, facts)?;
    }
    let items = request.get("Settings").and_then(Value::as_array);
    for item in items.into_iter().flatten().filter_map(Value::as_dictionary) {
        if let Some(name) = item.get("Item").and_then(Value::as_string) {
            walk(&format!("Settings.{name}"), item, facts)?;
        }
    }
    Ok(())
}

/// A device leaves out what it may not tell; a question about the person of a personal device is
/// not even asked.
pub(super) fn queries(request: &Dictionary, facts: &DeviceFacts) -> Result<(), Refusal> {
    let names = request.get("Queries").and_then(Value::as_array);
    for name in names.into_iter().flatten().filter_map(Value::as_string) {
        if facts.is_personal() && !queries::may_ask(name, facts) {
            return refuse(
                RefusalCode::PersonalDevice,
                "a personal device is asked only what is listed for it",
            );
        }
    }
    Ok(())
}

/// What prose says about the parameters of a typed request.
pub(super) fn typed(request: &Request, facts: &DeviceFacts) -> Result<(), Refusal> {
    match request {
        Request::DeviceLock(lock) => check_lock(lock, facts),
        Request::EraseDevice(erase) => check_erase(erase, facts),
        Request::InstalledApplicationList(list) => {
            check_list(list.managed_apps_only, "apps", facts)
        }
        Request::ProfileList(list) => check_list(list.managed_only, PROFILES, facts),
        Request::CertificateList(list) => check_list(list.managed_only, "certificates", facts),
        _ => Ok(()),
    }
}

fn check_lock(lock: &DeviceLock, facts: &DeviceFacts) -> Result<(), Refusal> {
    if facts.platform.is_macos() && lock.pin.is_none() {
        return refuse(
            RefusalCode::PinRequired,
            "a locked Mac is unlocked with a PIN",
        );
    }
    Ok(())
}

fn check_erase(erase: &EraseDevice, facts: &DeviceFacts) -> Result<(), Refusal> {
    let mac = facts.platform.is_macos();
    if mac && facts.pin_required_for_erase == Some(true) && erase.pin.is_none() {
        return refuse(
            RefusalCode::PinRequired,
            "this Mac reports that it needs a PIN to be erased",
        );
    }
    Ok(())
}

const PROFILES: &str = "profiles";

fn check_list(managed_only: Option<bool>, what: &str, facts: &DeviceFacts) -> Result<(), Refusal> {
    // Devices in User Enrollment tell what is managed only, whatever is asked. Which profile manages a
    // device stands only in the whole list.
    let learning = what == PROFILES && facts.enrollment_profile_identifier.as_deref() == Some("");
    if facts.is_personal() && !facts.is_user_enrollment() && managed_only != Some(true) && !learning
    {
        return refuse(
            RefusalCode::PersonalDevice,
            format!("of a personal device only the managed {what} are listed"),
        );
    }
    Ok(())
}

/// The kinds whose keys are looked at in their own way.
pub(super) fn request(
    kind: RequestType,
    request: &Dictionary,
    facts: &DeviceFacts,
) -> Result<(), Refusal> {
    match kind {
        RequestType::Settings => settings(request, facts),
        RequestType::DeviceInformation => {
            walk(kind.as_str(), request, facts)?;
            queries(request, facts)
        }
        _ => walk(kind.as_str(), request, facts),
    }
}
