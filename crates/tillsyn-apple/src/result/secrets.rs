//! Answers that hold a secret, and those that say whether one was changed.

use crate::Sensitive;
use crate::fields::{answer, dictionary};

answer! {
    // Apple schema mdm/commands/device.activationlock.bypasscode.yaml
    #[derive(Eq)]
    pub struct ActivationLockBypassCodeResult {
        code: Option<Sensitive<String>> = "ActivationLockBypassCode",
    }
}

answer! {
    // Apple schema mdm/commands/passcode.unlocktoken.yaml
    #[derive(Eq)]
    pub struct RequestUnlockTokenResult {
        unlock_token: Option<Sensitive<Vec<u8>>> = "UnlockToken",
    }
}

answer! {
    // Apple schema mdm/commands/rotate.file.vault.key.yaml
    #[derive(Eq)]
    pub struct RotateFileVaultKeyResult {
        rotate_result: Option<RotateResult> = "RotateResult",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct RotateResult {
        /// CMS, to the certificate of the command.
        encrypted_new_recovery_key: Option<Sensitive<Vec<u8>>> = "EncryptedNewRecoveryKey",
    }
}

impl RotateFileVaultKeyResult {
    /// The new personal key as CMS.
    pub fn encrypted_new_recovery_key(&self) -> Option<&[u8]> {
        let result = self.rotate_result.as_ref()?;
        let key = result.encrypted_new_recovery_key.as_ref()?;
        Some(key.expose())
    }
}

answer! {
    // Apple schema mdm/commands/passcode.firmware.set.yaml
    #[derive(Eq)]
    pub struct SetFirmwarePasswordResult {
        result: Option<PasswordChanged> = "SetFirmwarePassword",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct PasswordChanged {
        changed: Option<bool> = "PasswordChanged",
    }
}

answer! {
    // Apple schema mdm/commands/passcode.firmware.verify.yaml
    #[derive(Eq)]
    pub struct VerifyFirmwarePasswordResult {
        result: Option<PasswordVerified> = "VerifyFirmwarePassword",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct PasswordVerified {
        verified: Option<bool> = "PasswordVerified",
    }
}

answer! {
    // Apple schema mdm/commands/passcode.recovery.verify.yaml
    #[derive(Eq)]
    pub struct VerifyRecoveryLockResult {
        verified: Option<bool> = "PasswordVerified",
    }
}
