use plist::Dictionary;

use super::refusal::{Refusal, RefusalCode};
use super::row::{self, refuse};
use super::{extra, parameters};
use crate::command::schema::{self, Row};
use crate::command::{RawCommand, Request, RequestType};
use crate::platform::{AccessRights, DeviceFacts};

/// May this channel receive the command at all? Parameters are not looked at.
pub fn check(request_type: RequestType, facts: &DeviceFacts) -> Result<(), Refusal> {
    let row = fits(request_type, facts)?;
    if request_type == RequestType::Settings {
        // Each item names its right.
        let any = [AccessRights::CHANGE_SETTINGS, AccessRights::MANAGE_APPS];
        if any.into_iter().any(|right| facts.has_right(right)) {
            return Ok(());
        }
    }
    row::right(row, request_type.as_str(), facts)
}

/// [`check`], and whether its parameters mean something on this device.
pub fn check_request(request: &Request, facts: &DeviceFacts) -> Result<(), Refusal> {
    let kind = request.kind();
    // A profile is not written out only to find that none of its keys is restricted.
    let keys = match kind {
        RequestType::RemoveProfile | RequestType::Settings | RequestType::DeviceInformation => {
            request.write()
        }
        _ if schema::has_parameters(kind.as_str()) => request.write(),
        _ => Dictionary::new(),
    };
    check_parts(kind, &keys, facts)?;
    parameters::typed(request, facts)
}

/// [`check_request`] for a command that an administrator wrote. One of a type that Apple's schema
/// does not have, or not in this shape, is not sent to a personal device; elsewhere the device decides.
pub fn check_raw(command: &RawCommand, facts: &DeviceFacts) -> Result<(), Refusal> {
    let Some(kind) = command.kind() else {
        if facts.is_personal() {
            return refuse(
                RefusalCode::PersonalDevice,
                "an unknown command is not sent to a personal device",
            );
        }
        return Ok(());
    };
    check_parts(kind, command.request(), facts)?;
    match command.typed() {
        Some(request) => parameters::typed(request, facts),
        None if facts.is_personal() && command.problem().is_some() => refuse(
            RefusalCode::PersonalDevice,
            "a command that cannot be read is not sent to a personal device",
        ),
        None => Ok(()),
    }
}

fn check_parts(
    kind: RequestType,
    request: &Dictionary,
    facts: &DeviceFacts,
) -> Result<(), Refusal> {
    // The server may always remove its own enrollment profile, whatever the access rights.
    // Apple, "Managing connections between a device and a server"
    let identifier = request.get("Identifier").and_then(plist::Value::as_string);
    let ends_management = kind == RequestType::RemoveProfile
        && identifier.is_some()
        && identifier == facts.enrollment_profile_identifier.as_deref();
    if ends_management {
        return fits(kind, facts).map(|_| ());
    }
    check(kind, facts)?;
    parameters::request(kind, request, facts)
}

/// Everything but the right.
fn fits(request_type: RequestType, facts: &DeviceFacts) -> Result<&'static Row, Refusal> {
    let Some(row) = row::of(schema::command(request_type.as_str()), facts) else {
        return refuse(
            RefusalCode::PlatformUnsupported,
            format!("{} has no {request_type}", facts.platform),
        );
    };
    row::fits(row, request_type.as_str(), facts)?;
    extra::check(request_type, facts)?;
    Ok(row)
}
