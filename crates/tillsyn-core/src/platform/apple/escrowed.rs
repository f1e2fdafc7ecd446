//! Commands that carry a secret which the device gave us earlier: it is fetched when the command is sent,
//! so that the newest one is used, and the command is refused when there is none.

use plist::{Dictionary, Value};
use tillsyn_db::Tx;
use zeroize::Zeroizing;

use super::encode::Refused;
use crate::commands::{Form, Request};
use crate::error::Error;
use crate::escrow::{self, Kind};
use crate::keys::KeyStore;
use crate::lost_mode;

/// Which secret, and where it stands in the command.
pub(super) struct Wanted {
    request_type: &'static str,
    kind: Kind,
    /// Keys from the command's dictionary down to it.
    path: &'static [&'static str],
    /// Without it the command cannot be sent.
    required: bool,
}

const WANTED: &[Wanted] = &[
    wanted("ClearPasscode", Kind::UnlockToken, &["UnlockToken"], true),
    wanted(
        "SetRecoveryLock",
        Kind::RecoveryLockPassword,
        &["CurrentPassword"],
        false,
    ),
    wanted(
        "VerifyRecoveryLock",
        Kind::RecoveryLockPassword,
        &["Password"],
        true,
    ),
    wanted(
        "SetFirmwarePassword",
        Kind::FirmwarePassword,
        &["CurrentPassword"],
        false,
    ),
    wanted(
        "VerifyFirmwarePassword",
        Kind::FirmwarePassword,
        &["Password"],
        true,
    ),
    wanted(
        "RotateFileVaultKey",
        Kind::FileVaultKey,
        &["FileVaultUnlock", "Password"],
        true,
    ),
];

const fn wanted(
    request_type: &'static str,
    kind: Kind,
    path: &'static [&'static str],
    required: bool,
) -> Wanted {
    Wanted {
        request_type,
        kind,
        path,
        required,
    }
}

impl Wanted {
    pub(super) fn of(request_type: &str) -> Option<&'static Self> {
        WANTED.iter().find(|w| w.request_type == request_type)
    }

    /// Puts the secret where it belongs, unless the sender put something there.
    pub(super) fn add_to(&self, dict: &mut Dictionary, secret: &[u8]) {
        if self.path.first().is_none_or(|key| dict.contains_key(key)) {
            return;
        }
        let mut value = if self.kind.is_text() {
            Value::String(String::from_utf8_lossy(secret).into_owned())
        } else {
            Value::Data(secret.to_vec())
        };
        for key in self.path.iter().skip(1).rev() {
            let mut outer = Dictionary::new();
            outer.insert((*key).to_owned(), value);
            value = Value::Dictionary(outer);
        }
        if let Some(key) = self.path.first() {
            dict.insert((*key).to_owned(), value);
        }
    }

    async fn refusal(&self, tx: &Tx, device_id: &str) -> Result<Refused, Error> {
        Ok(match self.kind {
            Kind::UnlockToken => (
                "no_unlock_token",
                "The device has not given its unlock token; it comes when the device enrolls with the \
                 right to clear passcodes."
                    .to_owned(),
            ),
            kind if escrow::is_kept_in(tx, device_id, kind).await? => (
                "secret_of_earlier_enrollment",
                "The secret of this kind belongs to an earlier enrollment of the device; it is not sent \
                 to another."
                    .to_owned(),
            ),
            _ => (
                "no_escrowed_secret",
                "No secret of this kind is known of the device.".to_owned(),
            ),
        })
    }
}

/// Whether the sender put the secret into the request.
fn brings_its_own(form: &Form, sealed: Option<&[u8]>) -> Result<bool, Error> {
    let values = form.with_secrets(sealed)?;
    Ok(values.contains_key("password") || values.contains_key("file_vault_unlock"))
}

/// The secret that a command needs from the escrow now; `Err` within when it cannot be sent without one.
pub(super) async fn find_in(
    tx: &Tx,
    keys: &KeyStore,
    request: &Request,
    sealed: Option<&[u8]>,
    device_id: &str,
) -> Result<Result<Option<Zeroizing<Vec<u8>>>, Refused>, Error> {
    let Request::Form(form) = request else {
        return Ok(Ok(None));
    };
    let Some(wanted) = Wanted::of(form.kind().name) else {
        return Ok(Ok(None));
    };
    let found = escrow::newest_in(tx, keys, device_id, wanted.kind).await?;
    if found.is_none() && wanted.required && !brings_its_own(form, sealed)? {
        return Ok(Err(wanted.refusal(tx, device_id).await?));
    }
    let copy = found.map(|secret| Zeroizing::new(secret.expose().to_vec()));
    Ok(Ok(copy))
}

/// Whether the Mac will have a new personal recovery key, that we learn from its answer alone.
pub(super) fn makes_recovery_key(form: &Form) -> bool {
    let key_type = form.parameters().get("key_type");
    form.kind().name == "RotateFileVaultKey" && key_type.is_some_and(|word| word == "personal")
}

/// The certificate that such a key is encrypted to.
pub(super) async fn reply_certificate_in(
    tx: &Tx,
    request: &Request,
) -> Result<Option<Vec<u8>>, Error> {
    match request {
        Request::Form(form) if makes_recovery_key(form) => escrow::certificate_in(tx).await,
        _ => Ok(None),
    }
}

/// Whether the escrow has what a type of command cannot do without.
pub(crate) async fn check_escrow_in(
    tx: &Tx,
    keys: &KeyStore,
    request_type: &str,
    device_id: &str,
) -> Result<Result<(), Refused>, Error> {
    if let Err(refused) = lost_mode::require_on_in(tx, request_type, device_id).await? {
        return Ok(Err(refused));
    }
    let wanted = match Wanted::of(request_type) {
        Some(wanted) if wanted.required => wanted,
        _ => return Ok(Ok(())),
    };
    match escrow::newest_in(tx, keys, device_id, wanted.kind).await? {
        Some(_) => Ok(Ok(())),
        None => Ok(Err(wanted.refusal(tx, device_id).await?)),
    }
}

/// The same for one request, which may bring the secret itself.
pub(crate) async fn check_escrowed_in(
    tx: &Tx,
    keys: &KeyStore,
    request: &Request,
    device_id: &str,
) -> Result<Result<(), Refused>, Error> {
    if let Err(refused) = lost_mode::require_on_in(tx, request.request_type(), device_id).await? {
        return Ok(Err(refused));
    }
    let Request::Form(form) = request else {
        return Ok(Ok(()));
    };
    if brings_its_own(form, None)? {
        return Ok(Ok(()));
    }
    check_escrow_in(tx, keys, form.kind().name, device_id).await
}

/// The secret that the device will have once it obeys; it is kept before the command is queued.
pub(crate) fn sets_secret(request: &Request) -> Result<Option<(Kind, Zeroizing<String>)>, Error> {
    let Request::Form(form) = request else {
        return Ok(None);
    };
    let kind = match form.kind().name {
        "SetRecoveryLock" => Kind::RecoveryLockPassword,
        "SetFirmwarePassword" => Kind::FirmwarePassword,
        _ => return Ok(None),
    };
    let values = form.with_secrets(None)?;
    let password = values["new_password"].as_str().unwrap_or_default();
    Ok((!password.is_empty()).then(|| (kind, Zeroizing::new(password.to_owned()))))
}
