//! What a device takes while Setup Assistant waits.

use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::SimError;
use crate::device::{Account, Device};
use crate::plists::text;

fn not_waiting() -> Answer {
    Answer::mdm_error(12_068, "The device is not awaiting its configuration.")
}

impl Device {
    // Apple schema mdm/commands/device.configured.yaml
    pub(super) fn device_configured(&mut self) -> Result<Answer, SimError> {
        self.configured(0)
    }

    // Apple schema mdm/commands/user.configured.yaml
    pub(super) fn user_configured(&mut self, channel: usize) -> Result<Answer, SimError> {
        self.configured(channel)
    }

    fn configured(&mut self, channel: usize) -> Result<Answer, SimError> {
        let channel = self.channel_mut(channel)?;
        if !std::mem::take(&mut channel.awaiting_configuration) {
            return Ok(not_waiting());
        }
        Ok(Answer::done())
    }

    /// Only the first administrator of the list is made.
    // Apple schema mdm/commands/account.configuration.yaml
    pub(super) fn account_configuration(
        &mut self,
        request: &Dictionary,
    ) -> Result<Answer, SimError> {
        if !self.channel_ref(0)?.awaiting_configuration {
            return Ok(not_waiting());
        }
        let admins = request
            .get("AutoSetupAdminAccounts")
            .and_then(Value::as_array);
        let admin = admins
            .and_then(|a| a.first())
            .and_then(Value::as_dictionary);
        if let Some(admin) = admin {
            let Some(name) = text(admin, "shortName").map(str::to_owned) else {
                return Ok(Answer::format_error());
            };
            let full_name = text(admin, "fullName").unwrap_or(&name).to_owned();
            let hash = admin.get("passwordHash").and_then(Value::as_data);
            self.memory.admin_password_hash = hash.map(<[u8]>::to_vec);
            let account = Account::new(&self.config.serial, &name, &full_name, 502);
            let accounts = self.accounts();
            accounts.retain(|old| old.short_name != name);
            accounts.push(account);
        }
        Ok(Answer::done())
    }
}
