//! Personal recovery keys of FileVault, which a Mac sends encrypted to an escrow certificate of
//! ours: `FDE_PersonalRecoveryKeyCMS` of `SecurityInfo` and `EncryptedNewRecoveryKey` of
//! `RotateFileVaultKey`.
//! Source: Apple schema mdm/commands/information.security.yaml, mdm/commands/filevault.rotate.yaml.

mod escrow;
#[cfg(test)]
mod tests;

pub use escrow::{RecoveryKey, create_escrow_identity, open, open_with_any, seal};
