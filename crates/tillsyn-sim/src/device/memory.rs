use std::collections::BTreeMap;

use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;

use super::Device;

/// What a device keeps to itself between commands. Erased with the device.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    /// `None` until somebody changes what chance gave.
    pub(crate) passcode: Option<bool>,
    /// Made with the first `TokenUpdate`; opens the keybag of this device alone.
    pub(crate) unlock_token: Option<Vec<u8>>,
    pub(crate) bootstrap_token: Option<Vec<u8>>,
    /// Handed over without an answer: the server may have it or not.
    pub(crate) bootstrap_token_sent: Option<Vec<u8>>,
    pub(crate) lost_mode: Option<LostMode>,
    pub(crate) bypass_code: Option<String>,
    pub(crate) bypass_code_cleared: bool,
    pub(crate) recovery_lock: Option<String>,
    pub(crate) firmware_password: Option<String>,
    /// The personal recovery key; made with FileVault.
    pub(crate) file_vault_key: Option<String>,
    /// Whom the escrow payload wants the key encrypted for.
    pub(crate) file_vault_escrow: Option<Certificate>,
    pub(crate) admin_password_hash: Option<Vec<u8>>,
    /// `None` before the first look.
    pub(crate) accounts: Option<Vec<Account>>,
    /// UUID and name.
    pub(crate) provisioning_profiles: BTreeMap<String, String>,
    pub(crate) remote_desktop: bool,
    pub(crate) host_name: Option<String>,
    pub(crate) bluetooth: Option<bool>,
    pub(crate) data_roaming: Option<bool>,
    pub(crate) hotspot: Option<bool>,
    pub(crate) time_zone: Option<String>,
    pub(crate) activation_lock_allowed: bool,
    /// Product keys of updates and how far they are.
    pub(crate) updates: BTreeMap<String, &'static str>,
    pub(crate) collecting_logs: bool,
    /// Of the last SCEP payload in a profile.
    pub(crate) challenge: Option<String>,
    /// The last answer to an attestation query: the chain, and when.
    pub(crate) attestation: Option<(Vec<Vec<u8>>, i64)>,
}

/// Shown on the screen of a lost device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostMode {
    pub message: Option<String>,
    pub phone_number: Option<String>,
    pub footnote: Option<String>,
}

/// A person's account on a Mac or a Shared iPad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) short_name: String,
    pub(crate) full_name: String,
    pub(crate) guid: String,
    pub(crate) uid: i64,
    pub(crate) logged_in: bool,
    pub(crate) has_data_to_sync: bool,
    pub(crate) locked: bool,
}

const BYPASS_LETTERS: &str = "0123456789ACDEFGHJKLMNPQRTUVWXYZ";
const KEY_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Groups of letters with dashes between them.
fn grouped(letters: &str, groups: &[usize]) -> String {
    let parts: Vec<String> = groups
        .iter()
        .map(|len| hash::random_code(letters, *len))
        .collect();
    parts.join("-")
}

impl Memory {
    /// `XXXX-` six times, as FileVault shows it to people.
    pub(crate) fn new_recovery_key() -> String {
        grouped(KEY_LETTERS, &[4; 6])
    }

    /// The code that the device escrows for its own activation lock.
    pub(crate) fn bypass_code(&mut self) -> Option<&str> {
        if self.bypass_code_cleared {
            return None;
        }
        let code = self
            .bypass_code
            .get_or_insert_with(|| grouped(BYPASS_LETTERS, &[5, 5, 4, 4, 4, 4]));
        Some(code)
    }

    pub(crate) fn unlock_token(&mut self) -> Vec<u8> {
        self.unlock_token
            .get_or_insert_with(|| hash::random_bytes::<64>().to_vec())
            .clone()
    }
}

/// What a test compares with what the server shows, or searches for where it must not be.
impl Device {
    pub fn unlock_token(&self) -> Option<&[u8]> {
        self.memory.unlock_token.as_deref()
    }

    pub fn bootstrap_token(&self) -> Option<&[u8]> {
        self.memory.bootstrap_token.as_deref()
    }

    /// As the last `ActivationLockBypassCode` told it.
    pub fn activation_lock_bypass_code(&self) -> Option<&str> {
        self.memory.bypass_code.as_deref()
    }

    /// The secret of the last SCEP payload in a profile that is not the enrollment profile.
    pub fn last_challenge(&self) -> Option<&str> {
        self.memory.challenge.as_deref()
    }

    /// The personal recovery key of FileVault.
    pub fn file_vault_key(&self) -> Option<&str> {
        self.memory.file_vault_key.as_deref()
    }

    pub fn recovery_lock_password(&self) -> Option<&str> {
        self.memory.recovery_lock.as_deref()
    }

    pub fn firmware_password(&self) -> Option<&str> {
        self.memory.firmware_password.as_deref()
    }

    /// Hash of the managed administrator's password, as the server sent it.
    pub fn admin_password_hash(&self) -> Option<&[u8]> {
        self.memory.admin_password_hash.as_deref()
    }

    pub fn lost_mode(&self) -> Option<&LostMode> {
        self.memory.lost_mode.as_ref()
    }

    /// Short names of the accounts on it.
    pub fn account_names(&mut self) -> Vec<String> {
        let accounts = self.accounts().iter();
        accounts.map(|account| account.short_name.clone()).collect()
    }
}
