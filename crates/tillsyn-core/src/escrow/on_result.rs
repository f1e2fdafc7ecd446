//! What answers of devices bring into escrow.

use tillsyn_apple::ids::ChannelName;
use tillsyn_apple::result::CommandResult;
use tillsyn_db::Tx;

use super::{Kind, NewSecret, filevault, policy_in, store};
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
        // Apple schema mdm/commands/information.security.yaml
        "SecurityInfo" => {
            let cms = data_in(result, "SecurityInfo", "FDE_PersonalRecoveryKeyCMS");
            // Keys are taken under a policy of ours only: a Mac may send them for another server's.
            if let Some(cms) = cms
                && policy_in(tx).await?.filevault
            {
                recovery_key(tx, keys, context, cms, now_ms).await?;
            }
        }
        // Apple schema mdm/commands/filevault.rotate.yaml
        "RotateFileVaultKey" => {
            if let Some(cms) = data_in(result, "RotateResult", "EncryptedNewRecoveryKey") {
                recovery_key(tx, keys, context, cms, now_ms).await?;
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

/// The device obeyed a lock or an erase: the PIN that it came with is now the one that opens it.
pub(crate) async fn on_locked_in(tx: &Tx, command_id: &str, now_ms: i64) -> Result<(), Error> {
    store::settle_in(tx, command_id, "kept", now_ms).await
}

/// The device refused the command: it has not the secret that it was to set.
pub(crate) async fn on_failure_in(
    tx: &Tx,
    context: &ResultContext<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    store::settle_in(tx, context.command_id, "refused", now_ms).await
}

fn data_in<'a>(result: &'a CommandResult, outer: &str, key: &str) -> Option<&'a [u8]> {
    let inner = result.body.get(outer)?.as_dictionary()?;
    inner.get(key)?.as_data().filter(|bytes| !bytes.is_empty())
}

async fn recovery_key(
    tx: &Tx,
    keys: &KeyStore,
    context: &ResultContext<'_>,
    cms: &[u8],
    now_ms: i64,
) -> Result<(), Error> {
    if let Some(key) = filevault::open_in(tx, keys, cms).await? {
        let kind = Kind::FileVaultKey;
        keep(tx, keys, context, kind, key.as_str().as_bytes(), now_ms).await?;
    }
    Ok(())
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
