//! What answers of devices bring into escrow.

use tillsyn_apple::ids::ChannelName;
use tillsyn_apple::result::CommandResult;
use tillsyn_db::Tx;

use super::{Kind, NewSecret, store};
use crate::commands::Request;
use crate::error::Error;
use crate::keys::KeyStore;

/// Who answered which command.
pub(crate) struct ResultContext<'a> {
    pub(crate) device_id: &'a str,
    pub(crate) enrollment_id: &'a str,
    pub(crate) org_unit_id: &'a str,
    pub(crate) channel: &'a ChannelName,
    pub(crate) ownership: &'a str,
    pub(crate) command_id: &'a str,
    pub(crate) address: Option<&'a str>,
}

/// Keeps the secrets of an acknowledged result. On a personal device nothing is kept that may not be known
/// of it, whatever it sends.
pub(crate) async fn on_result_in(
    tx: &Tx,
    keys: &KeyStore,
    context: &ResultContext<'_>,
    request: &Request,
    result: &CommandResult,
    now_ms: i64,
) -> Result<(), Error> {
    if !context.channel.is_device() {
        return Ok(());
    }
    match request.request_type() {
        "ActivationLockBypassCode" => {
            let code = result
                .body
                .get("ActivationLockBypassCode")
                .and_then(plist::Value::as_string)
                .map(str::trim)
                .filter(|code| !code.is_empty());
            if let Some(code) = code {
                let kind = Kind::ActivationLockBypassDevice;
                keep(tx, keys, context, kind, code.as_bytes(), now_ms).await?;
            }
        }
        "SetFirmwarePassword" => {
            // Apple schema mdm/commands/passcode.firmware.set.yaml: false when the password stays as it was.
            let changed = result
                .body
                .get("SetFirmwarePassword")
                .and_then(plist::Value::as_dictionary)
                .and_then(|dict| dict.get("PasswordChanged"))
                .and_then(plist::Value::as_boolean);
            let state = if changed == Some(false) {
                "refused"
            } else {
                "kept"
            };
            store::settle_in(tx, context.command_id, state, now_ms).await?;
        }
        "SetRecoveryLock" | "SetAutoAdminPassword" | "AccountConfiguration" => {
            store::settle_in(tx, context.command_id, "kept", now_ms).await?;
        }
        _ => {}
    }
    Ok(())
}

/// The device refused the command: it has not the secret that it was to set.
pub(crate) async fn on_failure_in(
    tx: &Tx,
    context: &ResultContext<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    store::settle_in(tx, context.command_id, "refused", now_ms).await
}

async fn keep(
    tx: &Tx,
    keys: &KeyStore,
    context: &ResultContext<'_>,
    kind: Kind,
    secret: &[u8],
    now_ms: i64,
) -> Result<(), Error> {
    if context.ownership == "personal" && !kind.allowed_on_personal() {
        return Ok(());
    }
    let new = NewSecret {
        device_id: context.device_id,
        enrollment_id: Some(context.enrollment_id),
        kind,
        label: None,
        secret,
        source: "device",
    };
    store::put_in(tx, keys, new, now_ms).await?;
    Ok(())
}
