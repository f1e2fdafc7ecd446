//! Raw commands: read, bounded, and classified. One that our catalogue describes wholly becomes that
//! request; of any other the type alone decides what it is.

use plist::{Dictionary, Value};
use tillsyn_apple::plist_guard::{self, Limits};
use tillsyn_apple::{WireError, encode_plist};
use zeroize::Zeroizing;

use super::parameters;
use super::profile::read_profile;
use crate::commands::{Asked, CommandType, Raw, Request};
use crate::error::Error;

/// Reads a command as a property list: its dictionary, or that within `Command`. A `CommandUUID` in it is
/// not used, ours is sent.
pub(crate) fn read_raw(bytes: &[u8]) -> Result<Asked, Error> {
    let mut dict = dictionary(bytes).map_err(|error| {
        refuse(format!(
            "This is not a command in a property list: {error}."
        ))
    })?;
    if let Some(Value::Dictionary(inner)) = dict.get("Command") {
        dict = inner.clone();
    }
    let request_type = match dict.get("RequestType").and_then(Value::as_string) {
        Some(text) if !text.is_empty() && text.len() <= 100 && text.is_ascii() => text.to_owned(),
        _ => return Err(refuse("It has no usable RequestType.".to_owned())),
    };
    let described = CommandType::of(&request_type).and_then(|kind| {
        let values = parameters::from_dictionary(kind.parameters, &dict, "RequestType")?;
        Request::of(kind.name, values).ok()
    });
    if let Some(asked) = described {
        return Ok(asked);
    }
    check_kept(&request_type, &dict)?;
    // A profile inside passes the same checks as an uploaded one.
    let profile_identifier = match request_type.as_str() {
        "InstallProfile" => {
            let payload = dict.get("Payload").and_then(Value::as_data);
            let uploaded = read_profile(payload.unwrap_or_default().to_vec())?;
            Some(uploaded.info.identifier)
        }
        "RemoveProfile" => dict
            .get("Identifier")
            .and_then(Value::as_string)
            .map(str::to_owned),
        _ => None,
    };
    let plist = encode_plist(&Value::Dictionary(dict));
    Ok((
        Request::Raw(Raw::new(request_type, profile_identifier, plist)),
        None,
    ))
}

/// The `CommandUUID` beside the command of a tool's property list; empty when it has none.
pub(crate) fn command_uuid(bytes: &[u8]) -> Result<String, Error> {
    let dict = dictionary(bytes).map_err(|error| {
        refuse(format!(
            "This is not a command in a property list: {error}."
        ))
    })?;
    if !matches!(dict.get("Command"), Some(Value::Dictionary(_))) {
        return Err(refuse("It has no Command.".to_owned()));
    }
    let uuid = dict.get("CommandUUID").and_then(Value::as_string);
    Ok(uuid.unwrap_or_default().to_owned())
}

/// The dictionary of a raw command.
pub(super) fn dictionary(bytes: &[u8]) -> Result<Dictionary, WireError> {
    let value = plist_guard::parse(bytes, Limits::RESULT)?;
    // Anything else than a dictionary is one without keys, and so without a type.
    Ok(value.into_dictionary().unwrap_or_default())
}

/// What a device is locked with is kept before it can have it; so it must be where we find it.
fn check_kept(request_type: &str, dict: &Dictionary) -> Result<(), Error> {
    let hidden = match request_type {
        "SetRecoveryLock" | "SetFirmwarePassword" | "RotateFileVaultKey" => true,
        "DeviceLock" | "EraseDevice" => {
            dict.get("PIN").is_some_and(|pin| pin.as_string().is_none())
        }
        _ => false,
    };
    if hidden {
        return Err(refuse(format!(
            "{request_type} sets a secret that this server has to keep. Leave out what its form in the \
             catalogue does not have, and write the rest as the form wants it."
        )));
    }
    Ok(())
}

fn refuse(detail: String) -> Error {
    Error::invalid("plist", "plist", detail)
}

/// The PIN that a raw lock or erase carries.
pub(super) fn pin(raw: &Raw, sealed: Option<&[u8]>) -> Option<Zeroizing<String>> {
    let dict = dictionary(sealed.or(raw.plist())?).ok()?;
    let pin = dict.get("PIN")?.as_string()?;
    Some(Zeroizing::new(pin.to_owned()))
}
