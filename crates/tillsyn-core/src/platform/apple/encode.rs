//! From a stored request to the command on the wire; secrets join only here, at dispatch.

use plist::{Dictionary, Value};
use tillsyn_apple::command as wire;
use tillsyn_apple::command::capability::{check_raw, check_request};
use tillsyn_apple::command::{Command, Pin, RawCommand};
use tillsyn_apple::encode_plist;
use tillsyn_apple::ids::CommandUuid;
use tillsyn_apple::platform::DeviceFacts;

use super::escrowed::{self, Wanted};
use super::parameters;
use crate::commands::{Form, Raw, Request};

/// What is kept beside a request.
#[derive(Clone, Copy, Default)]
pub(super) struct Secrets<'a> {
    /// Of this one command.
    pub(super) pin: Option<&'a str>,
    /// Of the batch: a profile, secret parameters, or the raw command. Of a version the profile as it was
    /// made for this device.
    pub(super) sealed: Option<&'a [u8]>,
    /// From the escrow, where the command needs it.
    pub(super) escrowed: Option<&'a [u8]>,
    /// Our certificate, DER, that a Mac encrypts a new recovery key to.
    pub(super) reply_certificate: Option<&'a [u8]>,
}

/// Why a command is not sent, as a stable code and in words.
pub(super) type Refused = (&'static str, String);

/// The whole answer to a poll, once the device is found able to take it.
pub(super) fn command(
    uuid: &CommandUuid,
    request: &Request,
    facts: &DeviceFacts,
    secrets: Secrets<'_>,
) -> Result<Vec<u8>, Refused> {
    if let Request::Raw(raw) = request {
        return raw_command(uuid, raw, facts, secrets.sealed);
    }
    let request = wire_request(uuid, request, facts, secrets)?;
    check_request(&request, facts).map_err(refused)?;
    Ok(Command::new(uuid.clone(), request).to_plist())
}

fn refused(refusal: wire::capability::Refusal) -> Refused {
    (refusal.code.as_str(), refusal.detail)
}

fn unusable(what: impl std::fmt::Display) -> Refused {
    ("parameter_unsupported", what.to_string())
}

fn wire_request(
    uuid: &CommandUuid,
    request: &Request,
    facts: &DeviceFacts,
    secrets: Secrets<'_>,
) -> Result<wire::Request, Refused> {
    let pin = secrets
        .pin
        .map(Pin::new)
        .transpose()
        .map_err(|_| unusable("The PIN is not six digits."))?;
    Ok(match request {
        Request::DeviceInformation {} => {
            wire::Request::DeviceInformation(wire::DeviceInformation::for_device(facts))
        }
        Request::SecurityInfo {} => wire::Request::SecurityInfo(wire::SecurityInfo),
        Request::ProfileList {} => {
            wire::Request::ProfileList(wire::ProfileList { managed_only: None })
        }
        Request::InstallProfile { .. } | Request::InstallVersion { .. } => {
            wire::Request::InstallProfile(wire::InstallProfile {
                payload: secrets
                    .sealed
                    .ok_or_else(|| unusable("The profile's bytes are missing."))?
                    .to_vec(),
            })
        }
        Request::RemoveProfile { identifier } => {
            wire::Request::RemoveProfile(wire::RemoveProfile {
                identifier: identifier.clone(),
            })
        }
        Request::DeviceLock {
            message,
            phone_number,
        } => wire::Request::DeviceLock(wire::DeviceLock {
            message: message.clone(),
            phone_number: phone_number.clone(),
            pin,
        }),
        Request::EraseDevice {
            preserve_data_plan,
            disallow_proximity_setup,
        } => wire::Request::EraseDevice(wire::EraseDevice {
            pin,
            preserve_data_plan: preserve_data_plan.then_some(true),
            disallow_proximity_setup: disallow_proximity_setup.then_some(true),
            obliteration_behavior: None,
            return_to_service: None,
        }),
        Request::Form(form) => form_request(uuid, form, secrets)?,
        Request::Raw(_) => return Err(unusable("A raw command is sent as it is.")),
    })
}

/// The codec reads the dictionary that it will write: what it would not accept is never sent.
fn form_request(
    uuid: &CommandUuid,
    form: &Form,
    secrets: Secrets<'_>,
) -> Result<wire::Request, Refused> {
    let values = form
        .with_secrets(secrets.sealed)
        .map_err(|error| unusable(error.detail))?;
    let kind = form.kind();
    let mut dict = parameters::to_dictionary(kind.parameters, &values);
    dict.insert("RequestType".to_owned(), Value::from(kind.name));
    if let Some(pin) = secrets.pin {
        dict.insert("PIN".to_owned(), Value::from(pin));
    }
    if let Some(wanted) = Wanted::of(kind.name)
        && let Some(secret) = secrets.escrowed
    {
        wanted.add_to(&mut dict, secret);
    }
    if escrowed::makes_recovery_key(form) {
        // Never another's: a key that we cannot open would be lost with the Mac's answer.
        let certificate = secrets.reply_certificate.ok_or_else(|| {
            unusable("There is no certificate of ours to encrypt the new recovery key to.")
        })?;
        let key = "ReplyEncryptionCertificate".to_owned();
        dict.insert(key, Value::Data(certificate.to_vec()));
    }
    Command::parse(&envelope(uuid, dict))
        .map(|command| command.request)
        .map_err(unusable)
}

fn envelope(uuid: &CommandUuid, command: Dictionary) -> Vec<u8> {
    let mut body = Dictionary::new();
    body.insert("Command".to_owned(), Value::Dictionary(command));
    body.insert("CommandUUID".to_owned(), Value::from(uuid.as_str()));
    encode_plist(&Value::Dictionary(body))
}

fn raw_command(
    uuid: &CommandUuid,
    raw: &Raw,
    facts: &DeviceFacts,
    sealed: Option<&[u8]>,
) -> Result<Vec<u8>, Refused> {
    let plist = sealed
        .or(raw.plist())
        .ok_or_else(|| unusable("The raw command is missing."))?;
    let command = RawCommand::parse(plist).map_err(unusable)?;
    // What was classified at the door is what a device will read.
    let removes = command.removes_profile();
    if command.request_type() != raw.request_type()
        || removes.is_some_and(|identifier| raw.profile_identifier() != Some(identifier))
    {
        return Err(unusable("It has characters that would be lost on the way."));
    }
    check_raw(&command, facts).map_err(refused)?;
    Ok(command.with_uuid(uuid))
}
