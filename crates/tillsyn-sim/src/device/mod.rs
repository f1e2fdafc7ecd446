//! One device: what it holds, how it enrolls, polls, obeys and forgets.

mod bootstrap_token;
mod channel;
mod check_in;
mod declarative;
mod enroll;
mod get_token;
mod identity;
mod memory;
mod person;
mod probe;
mod proof;
mod raw;
mod return_to_service;
mod session;
mod users;

use std::collections::HashMap;

use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::{Digest, KeyPair};

use crate::device_log::Event;
use crate::profile::{EnrollmentProfile, StoredProfile};
use crate::rng::Rng;
use crate::{DeviceConfig, DeviceLog, Network, PushHub, Rule, SimError, Violation, clock};

pub use channel::ChannelToken;
pub use enroll::EnrollBy;
pub use raw::RawAnswer;
pub use session::{Handled, Offered, Session, SessionEnd};

pub use declarative::Declaration;
pub use memory::LostMode;
pub use return_to_service::ReturnPolicy;
pub use users::LogIn;

pub(crate) use channel::{Channel, Effect, Performed};
pub(crate) use memory::{Account, Memory};

/// How a device stands to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// Not managed: new, erased, or removed.
    Unenrolled,
    /// The profile is accepted and a certificate issued.
    Certified,
    /// `Authenticate` was accepted, no `TokenUpdate` yet.
    Pending,
    Enrolled,
    /// A Mac that asks for the PIN of `DeviceLock` and is offline.
    PinLocked,
    /// Shut down.
    Off,
}

impl DeviceState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unenrolled => "unenrolled",
            Self::Certified => "certified",
            Self::Pending => "pending",
            Self::Enrolled => "enrolled",
            Self::PinLocked => "pin_locked",
            Self::Off => "off",
        }
    }
}

/// A simulated device. A clone is what a restored backup or a copied disk is in the field.
#[derive(Clone)]
pub struct Device {
    pub(crate) config: DeviceConfig,
    pub(crate) network: Network,
    pub(crate) rng: Rng,
    pub(crate) state: DeviceState,
    pub(crate) enrollment: Option<Enrollment>,
    /// The device's own channel first, a Mac's user after it.
    pub(crate) channels: Vec<Channel>,
    /// Other profiles than the enrollment profile, by channel number.
    pub(crate) profiles: HashMap<usize, Vec<StoredProfile>>,
    /// Keys used so far: each enrollment takes the next.
    pub(crate) keys_used: usize,
    pub(crate) screen_locked: bool,
    pub(crate) power_nap: bool,
    pub(crate) lock_pin: Option<String>,
    pub(crate) memory: Memory,
    /// After an erasure with return to service: the profile to come back with.
    pub(crate) returning: Option<Vec<u8>>,
    pub(crate) violations: Vec<Violation>,
    log: DeviceLog,
    hub: PushHub,
}

/// The management relation as the device knows it.
#[derive(Clone)]
pub(crate) struct Enrollment {
    pub(crate) profile: EnrollmentProfile,
    pub(crate) certificate: Certificate,
    pub(crate) key: KeyPair,
    pub(crate) http: reqwest::Client,
    /// Stands for the UDID in User Enrollment; another one each time.
    pub(crate) enrollment_id: String,
}

impl Device {
    pub fn new(config: DeviceConfig, network: Network) -> Self {
        let rng = Rng::new(config.seed, 1);
        Self {
            config,
            network,
            rng,
            state: DeviceState::Unenrolled,
            enrollment: None,
            channels: Vec::new(),
            profiles: HashMap::new(),
            keys_used: 0,
            screen_locked: false,
            power_nap: false,
            lock_pin: None,
            memory: Memory::default(),
            returning: None,
            violations: Vec::new(),
            log: DeviceLog::default(),
            hub: PushHub::default(),
        }
    }

    pub fn with_log(mut self, log: DeviceLog) -> Self {
        self.log = log;
        self
    }

    /// Tokens are registered there before the server learns them.
    pub fn with_push(mut self, hub: PushHub) -> Self {
        self.hub = hub;
        self
    }

    pub fn config(&self) -> &DeviceConfig {
        &self.config
    }

    pub fn config_mut(&mut self) -> &mut DeviceConfig {
        &mut self.config
    }

    pub fn state(&self) -> DeviceState {
        self.state
    }

    pub fn is_enrolled(&self) -> bool {
        self.state == DeviceState::Enrolled
    }

    pub fn serial(&self) -> &str {
        &self.config.serial
    }

    pub fn udid(&self) -> &str {
        &self.config.udid
    }

    /// Every breach of a rule so far.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub fn has_violation(&self, rule: Rule) -> bool {
        self.violations.iter().any(|v| v.rule == rule)
    }

    pub fn take_violations(&mut self) -> Vec<Violation> {
        std::mem::take(&mut self.violations)
    }

    /// The identity certificate that signs the messages.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.enrollment.as_ref().map(|e| &e.certificate)
    }

    pub fn enrollment_profile(&self) -> Option<&EnrollmentProfile> {
        self.enrollment.as_ref().map(|e| &e.profile)
    }

    /// Profiles besides the enrollment profile.
    pub fn installed_profiles(&self) -> impl Iterator<Item = &StoredProfile> {
        self.profiles.values().flatten()
    }

    /// The push tokens of its channels.
    pub fn tokens(&self) -> Vec<ChannelToken> {
        self.channels
            .iter()
            .enumerate()
            .map(|(channel, c)| ChannelToken {
                channel,
                token: c.token.clone(),
            })
            .collect()
    }

    /// The names of its channels: `device`, and `user:…` for each person.
    pub fn channel_names(&self) -> Vec<&str> {
        self.channels.iter().map(|c| c.name.as_str()).collect()
    }

    /// Whether the user of this channel is logged in; the device itself always is.
    pub fn is_on_console(&self, channel: usize) -> bool {
        self.channels.get(channel).is_some_and(|c| c.on_console)
    }

    /// Whether the profile announces channels for people.
    pub fn has_user_channels(&self) -> bool {
        let profile = self.enrollment_profile();
        profile.is_some_and(|profile| profile.has_capability(crate::profile::PER_USER))
    }

    /// Which channel a push wakes; `None` when it is for another device or nobody listens.
    /// Wrong magic and topic are breaches: a real device ignores such a push.
    pub fn receive_push(&mut self, push: &crate::Push) -> Option<usize> {
        let channel = self.channels.iter().position(|c| c.token == push.token)?;
        let magic = self.channels.get(channel)?.push_magic.clone();
        let topic = self.enrollment.as_ref()?.profile.topic.clone();
        if self.state == DeviceState::Pending {
            let detail = "a push before the first TokenUpdate";
            self.record(Violation::new(Rule::PushWhilePending, detail));
        }
        if push.push_magic.as_ref().is_some_and(|m| *m != magic) {
            let detail = "the push carries another PushMagic than the channel's";
            self.record(Violation::new(Rule::PushMagic, detail));
            return None;
        }
        if push.topic.as_ref().is_some_and(|t| *t != topic) {
            let detail = "the push has another topic than the profile";
            self.record(Violation::new(Rule::PushTopic, detail));
            return None;
        }
        // Who is not logged in asks at the next login.
        let hears = self.state == DeviceState::Enrolled && self.is_on_console(channel);
        hears.then_some(channel)
    }

    /// The device's own clock.
    pub(crate) fn now_ms(&self) -> i64 {
        clock::now_ms().saturating_add(self.config.behaviours.clock_skew_ms)
    }

    pub(crate) fn digest(&self) -> Digest {
        self.config.digest
    }

    pub(crate) fn record(&mut self, violation: Violation) {
        tracing::warn!(
            device.serial = %self.config.serial,
            rule = violation.rule.as_str(),
            detail = violation.detail,
            "the server broke a rule"
        );
        self.log(&Event::Violation {
            rule: violation.rule.as_str(),
            detail: &violation.detail,
        });
        self.violations.push(violation);
    }

    pub(crate) fn record_all(&mut self, violations: Vec<Violation>) {
        for violation in violations {
            self.record(violation);
        }
    }

    /// Records the breach if the error is one, and hands the error on.
    pub(crate) fn note<T>(&mut self, result: Result<T, SimError>) -> Result<T, SimError> {
        if let Err(SimError::Violation(violation)) = &result {
            self.record(violation.clone());
        }
        result
    }

    pub(crate) fn log(&self, event: &Event<'_>) {
        self.log.write(&self.config.serial, event);
    }

    /// Writes down what is on the device in the end.
    pub(crate) fn log_holdings(&self) {
        let own = self.profiles.get(&0).into_iter().flatten();
        let managed = own.filter(|profile| profile.managed);
        self.log(&Event::Holds {
            enrolled: self.is_enrolled(),
            profiles: managed.map(|profile| profile.identifier.as_str()).collect(),
        });
    }

    pub(crate) fn set_state(&mut self, state: DeviceState) {
        if self.state != state {
            self.state = state;
            self.log(&Event::State {
                state: state.as_str(),
            });
        }
    }

    pub(crate) fn enrollment_ref(&self) -> Result<&Enrollment, SimError> {
        self.enrollment
            .as_ref()
            .ok_or_else(|| SimError::state("the device is not managed"))
    }

    pub(crate) fn channel_mut(&mut self, channel: usize) -> Result<&mut Channel, SimError> {
        self.channels
            .get_mut(channel)
            .ok_or_else(|| SimError::state("the device has no such channel"))
    }

    pub(crate) fn channel_ref(&self, channel: usize) -> Result<&Channel, SimError> {
        self.channels
            .get(channel)
            .ok_or_else(|| SimError::state("the device has no such channel"))
    }

    /// The end of management: identity, channels and managed profiles are gone.
    pub(crate) fn forget_enrollment(&mut self) {
        for channel in &self.channels {
            self.hub.forget(&channel.token);
        }
        self.enrollment = None;
        self.channels.clear();
        for profiles in self.profiles.values_mut() {
            profiles.retain(|profile| !profile.managed);
        }
        self.lock_pin = None;
        self.set_state(DeviceState::Unenrolled);
    }

    /// As it left the factory.
    pub(crate) fn erase(&mut self) {
        self.forget_enrollment();
        self.profiles.clear();
        self.memory = Memory::default();
        self.screen_locked = false;
        self.power_nap = false;
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device")
            .field("serial", &self.config.serial)
            .field("kind", &self.config.kind)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
