//! The passwords in front of a Mac's disk: recovery lock, firmware, FileVault, administrator.

use plist::{Dictionary, Value};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::envelope::{self, ContentCipher};
use tillsyn_pki::hash;

use super::answer::Answer;
use crate::device::{Device, Memory};
use crate::plists::{dict, text};

const WRONG_PASSWORD: i64 = 12_073;

fn matches(own: Option<&str>, given: Option<&str>) -> bool {
    match (own, given) {
        (None, _) => true,
        (Some(own), Some(given)) => hash::constant_time_eq(own.as_bytes(), given.as_bytes()),
        (Some(_), None) => false,
    }
}

fn wrong_password() -> Answer {
    Answer::mdm_error(WRONG_PASSWORD, "The current password is wrong.")
}

fn not_this_hardware(what: &str) -> Answer {
    Answer::mdm_error(12_072, format!("This Mac has no {what}."))
}

impl Device {
    /// Macs with Apple silicon; an empty password removes the lock.
    // Apple schema mdm/commands/passcode.recovery.set.yaml
    pub(super) fn set_recovery_lock(&mut self, request: &Dictionary) -> Answer {
        if !self.config.model.apple_silicon {
            return not_this_hardware("recovery lock");
        }
        let Some(new) = request.get("NewPassword").and_then(Value::as_string) else {
            return Answer::format_error();
        };
        let own = self.memory.recovery_lock.as_deref();
        if !matches(own, text(request, "CurrentPassword")) {
            return wrong_password();
        }
        self.memory.recovery_lock = (!new.is_empty()).then(|| new.to_owned());
        Answer::done()
    }

    // Apple schema mdm/commands/passcode.recovery.verify.yaml
    pub(super) fn verify_recovery_lock(&self, request: &Dictionary) -> Answer {
        if !self.config.model.apple_silicon {
            return not_this_hardware("recovery lock");
        }
        let Some(password) = text(request, "Password") else {
            return Answer::format_error();
        };
        let right = self.memory.recovery_lock.as_deref() == Some(password);
        Answer::acknowledged(dict([("PasswordVerified", right.into())]))
    }

    /// Macs with Intel processors. It takes effect at the next start.
    // Apple schema mdm/commands/passcode.firmware.set.yaml
    pub(super) fn set_firmware_password(&mut self, request: &Dictionary) -> Answer {
        if self.config.model.apple_silicon {
            return not_this_hardware("firmware password");
        }
        let Some(new) = request.get("NewPassword").and_then(Value::as_string) else {
            return Answer::format_error();
        };
        let own = self.memory.firmware_password.as_deref();
        let right = matches(own, text(request, "CurrentPassword"));
        if right {
            self.memory.firmware_password = (!new.is_empty()).then(|| new.to_owned());
        }
        let changed = Value::Dictionary(dict([("PasswordChanged", right.into())]));
        Answer::acknowledged(dict([("SetFirmwarePassword", changed)]))
    }

    // Apple schema mdm/commands/passcode.firmware.verify.yaml
    pub(super) fn verify_firmware_password(&self, request: &Dictionary) -> Answer {
        if self.config.model.apple_silicon {
            return not_this_hardware("firmware password");
        }
        let Some(password) = text(request, "Password") else {
            return Answer::format_error();
        };
        let right = self.memory.firmware_password.as_deref() == Some(password);
        let verified = Value::Dictionary(dict([("PasswordVerified", right.into())]));
        Answer::acknowledged(dict([("VerifyFirmwarePassword", verified)]))
    }

    /// Most people switch FileVault on.
    pub fn has_file_vault_on(&self) -> bool {
        self.config.kind.is_mac() && self.has_file_vault()
    }

    pub(super) fn has_file_vault(&self) -> bool {
        self.lasting("filevault", 4) > 0
    }

    /// The personal recovery key, made when FileVault was switched on.
    pub(super) fn own_file_vault_key(&mut self) -> Option<String> {
        self.has_file_vault().then(|| {
            self.memory
                .file_vault_key
                .get_or_insert_with(Memory::new_recovery_key)
                .clone()
        })
    }

    /// Only who knows the old key gets a new one, encrypted for the certificate in the request.
    // Apple schema mdm/commands/rotate.file.vault.key.yaml
    pub(super) fn rotate_file_vault_key(&mut self, request: &Dictionary) -> Answer {
        if text(request, "KeyType") != Some("personal") {
            return Answer::mdm_error(12_070, "Only the personal key can be rotated.");
        }
        let Some(unlock) = request
            .get("FileVaultUnlock")
            .and_then(Value::as_dictionary)
        else {
            return Answer::format_error();
        };
        let Some(own) = self.own_file_vault_key() else {
            return Answer::mdm_error(12_071, "FileVault is not on.");
        };
        if !matches(Some(&own), text(unlock, "Password")) {
            return wrong_password();
        }
        let recipient = request.get("ReplyEncryptionCertificate");
        let recipient = recipient
            .and_then(Value::as_data)
            .map(Certificate::from_der);
        let new = Memory::new_recovery_key();
        let mut rotated = Dictionary::new();
        match recipient {
            None => {}
            Some(Ok(recipient)) => {
                let sealed =
                    envelope::encrypt(new.as_bytes(), &recipient, ContentCipher::Aes256Cbc);
                let Ok(sealed) = sealed else {
                    return Answer::mdm_error(12_074, "The key cannot be encrypted.");
                };
                rotated.insert("EncryptedNewRecoveryKey".into(), Value::Data(sealed));
            }
            Some(Err(_)) => return Answer::format_error(),
        }
        self.memory.file_vault_key = Some(new);
        Answer::acknowledged(dict([("RotateResult", Value::Dictionary(rotated))]))
    }

    /// For the escrow payload's certificate, if a profile brought one.
    pub(super) fn escrowed_file_vault_key(&mut self) -> Option<Vec<u8>> {
        let key = self.own_file_vault_key()?;
        let recipient = self.memory.file_vault_escrow.as_ref()?;
        envelope::encrypt(key.as_bytes(), recipient, ContentCipher::Aes256Cbc).ok()
    }

    // Apple schema mdm/commands/set.auto.admin.password.yaml
    pub(super) fn set_auto_admin_password(&mut self, request: &Dictionary) -> Answer {
        let hash = request.get("passwordHash").and_then(Value::as_data);
        let (Some(guid), Some(hash)) = (text(request, "GUID"), hash) else {
            return Answer::format_error();
        };
        let hash = hash.to_vec();
        if !self.accounts().iter().any(|account| account.guid == guid) {
            return Answer::mdm_error(12_075, "No account has this GUID.");
        }
        self.memory.admin_password_hash = Some(hash);
        Answer::done()
    }
}
