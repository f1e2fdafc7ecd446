//! Channels besides the device's own: people on Macs and on Shared iPads.

use http::StatusCode;
use plist::Value;
use tillsyn_apple::Sensitive;
use tillsyn_apple::checkin::{Ids, UserAuthenticate};
use tillsyn_apple::ids::{EnrollmentUserId, SHARED_IPAD_USER_ID, UserId};
use tillsyn_apple::plist_guard::Limits;
use tillsyn_pki::hash;

use super::{Account, Channel, Device, DeviceState};
use crate::plists::dictionary;
use crate::profile::{BOOTSTRAP_TOKEN, PER_USER};
use crate::{Rule, SimError, Violation};

/// What became of a network user at the login window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogIn {
    /// Managed on this channel.
    Managed(usize),
    /// The server does not want to manage this user: silence until the next login.
    NotManaged,
    WrongPassword,
}

impl Device {
    /// Whether this device has a bootstrap token, and a server that wants it.
    // Apple schema mdm/checkin/setbootstraptoken.yaml; iPhones and iPads from version 26 on
    pub(crate) fn escrows_token(&self) -> bool {
        let config = &self.config;
        let has = config.kind.is_mac() || (config.automated && config.os_major() >= 26);
        let profile = self.enrollment_profile();
        has && profile.is_some_and(|p| p.has_capability(BOOTSTRAP_TOKEN) && !p.byod)
    }

    /// What follows an enrollment: the bootstrap token, and on a Mac the user's channel, if the
    /// profile announces them.
    pub async fn more_channels(&mut self) -> Result<(), SimError> {
        let profile = &self.enrollment_ref()?.profile;
        let per_user = self.config.kind.is_mac() && profile.has_capability(PER_USER);
        if self.escrows_token() {
            self.escrow_bootstrap_token().await?;
        }
        if per_user {
            self.channels.truncate(1);
            let Some(account) = self.accounts().first().cloned() else {
                return Ok(());
            };
            let ids = self.mac_user(&account)?;
            self.open_channel(ids, false).await?;
        }
        Ok(())
    }

    /// A network user logs in to a Mac.
    // Apple, "User Authenticate"; not in User Enrollment and not on a Shared iPad
    pub async fn network_user_logs_in(
        &mut self,
        short_name: &str,
        full_name: &str,
        password: &str,
    ) -> Result<LogIn, SimError> {
        if !self.config.kind.is_mac() || self.enrollment_ref()?.profile.byod {
            return Err(SimError::state("network users log in to Macs alone"));
        }
        self.must_announce_users()?;
        let account = Account::new(&self.config.serial, short_name, full_name, 1_001);
        let ids = self.mac_user(&account)?;
        let mut response = None;
        loop {
            let second = response.is_some();
            let message = UserAuthenticate {
                ids: ids.clone(),
                digest_response: response.take().map(Sensitive::new),
            };
            let step = UserAuthenticate::MESSAGE_TYPE;
            let name = ids.channel().to_string();
            let reply = self
                .check_in_answered(step, &name, message.to_plist())
                .await?;
            if reply.status == StatusCode::GONE && !second {
                return Ok(LogIn::NotManaged);
            }
            let key = if second {
                "AuthToken"
            } else {
                "DigestChallenge"
            };
            let text = dictionary(&reply.body, Limits::CHECK_IN)
                .ok()
                .and_then(|dict| dict.get(key).and_then(Value::as_string).map(str::to_owned))
                .filter(|_| reply.status == StatusCode::OK);
            let breach = || {
                let detail = format!(
                    "{step}: 200 with {key} or 410 expected, got {}",
                    reply.status
                );
                Violation::new(Rule::UserAuthenticate, detail).into()
            };
            let text = self.note(text.ok_or_else(breach))?;
            match (second, text.is_empty()) {
                (false, false) => {
                    // UNVERIFIED: how the digest is made; only its place in the exchange is known.
                    let digest = format!("{text}:{password}");
                    response = Some(hash::sha256_hex(digest.as_bytes()));
                }
                (true, true) => return Ok(LogIn::WrongPassword),
                _ => break,
            }
        }
        self.accounts().push(Account {
            logged_in: true,
            ..account
        });
        Ok(LogIn::Managed(self.open_channel(ids, false).await?))
    }

    /// A person signs in to a Shared iPad with a Managed Apple Account; the channel's number.
    // Apple schema mdm/checkin/tokenupdate.yaml, UserID and UserShortName
    pub async fn shared_user_signs_in(&mut self, account: &str) -> Result<usize, SimError> {
        if !self.config.shared_ipad {
            return Err(SimError::state("not a Shared iPad"));
        }
        self.must_announce_users()?;
        for channel in self.channels.iter_mut().skip(1) {
            channel.on_console = false;
        }
        let mut ids = self.ids()?;
        ids.user_id = Some(UserId::new(SHARED_IPAD_USER_ID)?);
        ids.user_short_name = Some(account.to_owned());
        ids.user_long_name = account.split('@').next().map(str::to_owned);
        let serial = self.config.serial.clone();
        let accounts = self.accounts();
        for account in accounts.iter_mut() {
            account.logged_in = false;
        }
        if let Some(known) = accounts.iter_mut().find(|a| a.short_name == account) {
            known.logged_in = true;
        } else {
            let mut new = Account::new(&serial, account, account, 501);
            new.logged_in = true;
            accounts.push(new);
        }
        self.open_channel(ids, self.config.awaiting_configuration)
            .await
    }

    /// A temporary session: nobody's data stays.
    pub async fn guest_signs_in(&mut self) -> Result<usize, SimError> {
        // UNVERIFIED: the short name of a temporary session; servers may not depend on it.
        self.shared_user_signs_in("Guest").await
    }

    /// The user of a channel logs out; their pushes are answered at the next login.
    pub fn user_signs_out(&mut self, channel: usize) -> Result<(), SimError> {
        let state = self.channel_mut(channel)?;
        state.on_console = false;
        let name = state.ids.user_short_name.clone();
        for account in self.accounts() {
            if Some(&account.short_name) == name.as_ref() {
                account.logged_in = false;
            }
        }
        Ok(())
    }

    /// The user is no longer managed: that channel ends and nothing else.
    pub async fn user_checks_out(&mut self, channel: usize) -> Result<(), SimError> {
        if channel == 0 {
            return Err(SimError::state("channel 0 is the device"));
        }
        let state = self.channel_ref(channel)?;
        let (ids, name) = (state.ids.clone(), state.name.clone());
        self.send_check_out(ids, &name).await?;
        self.channels.remove(channel);
        Ok(())
    }

    /// Accounts that `DeleteUser` took.
    pub(super) async fn users_gone(&mut self, names: &[String]) {
        loop {
            let gone = self.channels.iter().position(|channel| {
                let name = channel.ids.user_short_name.as_ref();
                name.is_some_and(|name| names.contains(name))
            });
            let Some(channel) = gone else { return };
            // CheckOut is sent once, whatever becomes of it.
            if self.user_checks_out(channel).await.is_err() {
                return;
            }
        }
    }

    fn must_announce_users(&self) -> Result<(), SimError> {
        if self.state != DeviceState::Enrolled {
            return Err(SimError::state("the device is not enrolled"));
        }
        if self.enrollment_ref()?.profile.has_capability(PER_USER) {
            Ok(())
        } else {
            Err(SimError::state("the profile announces no user channels"))
        }
    }

    /// The keys of a Mac's user; in User Enrollment an id that says nothing about the account.
    fn mac_user(&self, account: &Account) -> Result<Ids, SimError> {
        let mut ids = self.ids()?;
        if ids.udid.is_none() {
            ids.enrollment_user_id = Some(EnrollmentUserId::new(&account.guid)?);
            return Ok(ids);
        }
        ids.user_id = Some(UserId::new(&account.guid)?);
        ids.user_short_name = Some(account.short_name.clone());
        ids.user_long_name = Some(account.full_name.clone());
        Ok(ids)
    }

    /// With a token and magic of its own, told by a `TokenUpdate`.
    async fn open_channel(&mut self, ids: Ids, awaiting: bool) -> Result<usize, SimError> {
        let name = ids.channel().to_string();
        let known = self.channels.iter().position(|c| c.name == name);
        let number = if let Some(known) = known {
            self.channel_mut(known)?.on_console = true;
            known
        } else {
            let mut channel = Channel::new(ids);
            channel.awaiting_configuration = awaiting;
            self.channels.push(channel);
            self.channels.len() - 1
        };
        self.update_token(number).await?;
        Ok(number)
    }
}
