//! Accounts on Macs and Shared iPads.

use plist::{Dictionary, Value};
use tillsyn_pki::hash;

use super::answer::Answer;
use crate::device::{Account, Device, Effect};
use crate::plists::{dict, flag, text};

const NO_SUCH_USER: i64 = 12_076;

impl Account {
    /// The same arguments give the same GUID.
    pub(crate) fn new(serial: &str, short_name: &str, full_name: &str, uid: i64) -> Self {
        let digest = hash::sha256_hex(format!("{serial}/{short_name}").as_bytes());
        let digest = digest.to_ascii_uppercase();
        let part = |range| digest.get(range).unwrap_or_default();
        Self {
            short_name: short_name.to_owned(),
            full_name: full_name.to_owned(),
            guid: [
                part(0..8),
                part(8..12),
                part(12..16),
                part(16..20),
                part(20..32),
            ]
            .join("-"),
            uid,
            logged_in: false,
            has_data_to_sync: false,
            locked: false,
        }
    }
}

impl Device {
    /// A new Mac has the person's account and a Shared iPad none.
    pub(crate) fn accounts(&mut self) -> &mut Vec<Account> {
        let config = &self.config;
        self.memory.accounts.get_or_insert_with(|| {
            if !config.kind.is_mac() {
                return Vec::new();
            }
            let person = config.name.split('’').next().unwrap_or_default();
            let short_name = person.to_lowercase();
            let mut account = Account::new(&config.serial, &short_name, person, 501);
            account.logged_in = true;
            vec![account]
        })
    }

    // Apple schema mdm/commands/user.list.yaml
    pub(super) fn user_list(&mut self) -> Answer {
        let mac = self.config.kind.is_mac();
        let users = self.accounts().iter().map(|account| {
            let mut user = dict([
                ("UserName", account.short_name.as_str().into()),
                ("FullName", account.full_name.as_str().into()),
                ("IsLoggedIn", account.logged_in.into()),
            ]);
            if mac {
                user.insert("UID".into(), account.uid.into());
                user.insert("UserGUID".into(), account.guid.as_str().into());
                user.insert("MobileAccount".into(), false.into());
                user.insert("HasSecureToken".into(), true.into());
            } else {
                user.insert("HasDataToSync".into(), account.has_data_to_sync.into());
                user.insert("DataQuota".into(), 8_000_000_000_i64.into());
                user.insert("DataUsed".into(), 1_250_000_000_i64.into());
            }
            Value::Dictionary(user)
        });
        let users = Value::Array(users.collect());
        Answer::acknowledged(dict([("Users", users)]))
    }

    /// Who is logged in stays; who has data to sync stays unless forced.
    // Apple schema mdm/commands/user.delete.yaml
    pub(super) fn delete_user(&mut self, request: &Dictionary) -> Answer {
        let force = flag(request, "ForceDeletion") == Some(true);
        let stays = |account: &Account| account.logged_in || (account.has_data_to_sync && !force);
        if flag(request, "DeleteAllUsers") == Some(true) {
            let (kept, gone) = self.accounts().drain(..).partition(stays);
            self.memory.accounts = Some(kept);
            return Answer::done().with_effect(Effect::UsersGone(names(gone)));
        }
        let Some(name) = text(request, "UserName") else {
            return Answer::format_error();
        };
        let accounts = self.accounts();
        let Some(place) = accounts.iter().position(|a| a.short_name == name) else {
            return Answer::mdm_error(NO_SUCH_USER, "The user does not exist.");
        };
        if accounts.get(place).is_some_and(stays) {
            return Answer::mdm_error(12_077, "The user is logged in or has data to sync.");
        }
        let gone = accounts.remove(place);
        Answer::done().with_effect(Effect::UsersGone(names(vec![gone])))
    }

    // Apple schema mdm/commands/user.logout.yaml
    pub(super) fn log_out_user(&mut self) -> Answer {
        for account in self.accounts() {
            account.logged_in = false;
        }
        Answer::done()
    }

    // Apple schema mdm/commands/user.unlock.yaml
    pub(super) fn unlock_user_account(&mut self, request: &Dictionary) -> Answer {
        let Some(name) = text(request, "UserName") else {
            return Answer::format_error();
        };
        match self.accounts().iter_mut().find(|a| a.short_name == name) {
            Some(account) => {
                account.locked = false;
                Answer::done()
            }
            None => Answer::mdm_error(NO_SUCH_USER, "The user does not exist."),
        }
    }
}

fn names(accounts: Vec<Account>) -> Vec<String> {
    accounts
        .into_iter()
        .map(|account| account.short_name)
        .collect()
}
