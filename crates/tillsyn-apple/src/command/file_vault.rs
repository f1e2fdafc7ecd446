//! Rotation of FileVault recovery keys.
// Apple schema mdm/commands/rotate.file.vault.key.yaml

use super::body::Rules;
use crate::fields::{command, dictionary, words};
use crate::{Sensitive, WireError};

command! {
    /// `RotateFileVaultKey`.
    pub struct RotateFileVaultKey {
        key_type: FileVaultKeyType = "KeyType",
        unlock: FileVaultUnlock = "FileVaultUnlock",
        /// DER; needed for an institutional key.
        new_certificate: Option<Vec<u8>> = "NewCertificate",
        /// DER; the new personal key is encrypted to it.
        reply_encryption_certificate: Option<Vec<u8>> = "ReplyEncryptionCertificate",
    }
}

words! {
    /// Which recovery key is changed.
    pub enum FileVaultKeyType {
        Personal = "personal",
        Institutional = "institutional",
    }
}

dictionary! {
    /// What unlocks the volume for the change.
    #[derive(Eq, Default)]
    pub struct FileVaultUnlock {
        /// Of a FileVault user, or the present personal recovery key.
        password: Option<Sensitive<String>> = "Password",
        private_key_export: Option<Sensitive<Vec<u8>>> = "PrivateKeyExport",
        private_key_export_password: Option<Sensitive<String>> = "PrivateKeyExportPassword",
    }
}

impl RotateFileVaultKey {
    /// A new personal key, encrypted to the given certificate.
    pub fn personal(password: Sensitive<String>, reply_encryption_certificate: Vec<u8>) -> Self {
        Self {
            key_type: FileVaultKeyType::Personal,
            unlock: FileVaultUnlock {
                password: Some(password),
                ..FileVaultUnlock::default()
            },
            new_certificate: None,
            reply_encryption_certificate: Some(reply_encryption_certificate),
        }
    }
}

impl Rules for RotateFileVaultKey {
    fn check(&self) -> Result<(), WireError> {
        let unlock = &self.unlock;
        match self.key_type {
            FileVaultKeyType::Personal if unlock.password.is_none() => {
                Err(WireError::Missing { key: "Password" })
            }
            FileVaultKeyType::Institutional if self.new_certificate.is_none() => {
                Err(WireError::Missing {
                    key: "NewCertificate",
                })
            }
            FileVaultKeyType::Institutional
                if unlock.password.is_none()
                    && (unlock.private_key_export.is_none()
                        || unlock.private_key_export_password.is_none()) =>
            {
                Err(WireError::Missing {
                    key: "PrivateKeyExport",
                })
            }
            _ => Ok(()),
        }
    }

    fn carries_secret(&self) -> bool {
        true
    }
}
