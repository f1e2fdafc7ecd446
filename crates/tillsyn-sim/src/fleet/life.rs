use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::Shared;
use super::stats::add;
use crate::rng::Rng;
use crate::{Behaviours, Device, DeviceConfig, DeviceState, Push, SessionEnd};

/// Refusals in a row after which a device is put aside.
const MAX_REFUSALS: u32 = 3;
/// Attempts while the server is away, with growing pauses: hours in all.
const MAX_ATTEMPTS: u32 = 500;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const NEVER: Duration = Duration::from_hours(24 * 365);

/// One device from its box to the end of the fleet.
pub(super) async fn live(shared: Arc<Shared>, index: usize, stop: watch::Receiver<bool>) {
    let config = &shared.config;
    let kind = config.mix.kind(config.seed, index);
    let device = DeviceConfig::generate(kind, config.seed, index);
    let mut device = config.variety.apply(device);
    device.authentication = config.authentication;
    device.behaviours = match &config.behaviours {
        Some(behaviours) => behaviours.clone(),
        None => Behaviours::chaos(device.seed),
    };
    let rng = Rng::new(device.seed, 2);
    let device = Device::new(device, shared.network.clone())
        .with_log(shared.log.clone())
        .with_push(shared.hub.clone());
    let (sender, pushes) = mpsc::unbounded_channel();
    let mut one = One {
        shared: &shared,
        device,
        rng,
        sender,
        pushes,
        online_at: None,
        lock_ends_at: None,
        stop,
    };
    let place = u32::try_from(index).unwrap_or(u32::MAX);
    let start = config.pace.enroll_every.saturating_mul(place);
    if one.pause(start).await {
        one.days(index).await;
        one.last_look().await;
    }
    one.shared.counters.collect(&mut one.device);
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the fleet was dropped.
    let _ = stop.wait_for(|stopping| *stopping).await;
}

struct One<'a> {
    shared: &'a Shared,
    device: Device,
    rng: Rng,
    sender: mpsc::UnboundedSender<Push>,
    pushes: mpsc::UnboundedReceiver<Push>,
    /// While set, the device hears and says nothing.
    online_at: Option<Instant>,
    /// A locked screen or a Mac that waits for its PIN.
    lock_ends_at: Option<Instant>,
    stop: watch::Receiver<bool>,
}

impl One<'_> {
    async fn days(&mut self, index: usize) {
        while self.enroll(index).await {
            add(&self.shared.counters.enrolled);
            self.managed().await;
            self.shared
                .counters
                .enrolled
                .fetch_sub(1, Ordering::Relaxed);
            let back = self.shared.config.life.comes_back_after;
            let pause = match back {
                Some(pause) => pause,
                None if self.device.returns_to_service() => Duration::ZERO,
                None => return,
            };
            if !self.pause(pause).await {
                return;
            }
        }
    }

    /// False when the fleet ends meanwhile.
    async fn pause(&mut self, pause: Duration) -> bool {
        tokio::select! {
            () = sleep(pause) => true,
            () = stopped(&mut self.stop) => false,
        }
    }

    /// Until it is enrolled; false when the server does not want it.
    async fn enroll(&mut self, index: usize) -> bool {
        let kind = self.device.config().kind;
        let mut refusals = 0;
        let mut pause = Duration::from_millis(500);
        for _ in 0..MAX_ATTEMPTS {
            let outcome = if self.device.returns_to_service() {
                self.device.return_to_service().await
            } else {
                match self.shared.config.source.get(index, kind).await {
                    Ok(by) => self.device.enroll(&by).await,
                    Err(error) => Err(error),
                }
            };
            self.shared.counters.collect(&mut self.device);
            match outcome {
                Ok(()) => {
                    add(&self.shared.counters.enrollments);
                    return true;
                }
                Err(error) => {
                    add(&self.shared.counters.enroll_failures);
                    tracing::debug!(device.serial = self.device.serial(), %error, "enrollment failed");
                    self.device.forget_enrollment();
                    if !error.is_passing() {
                        refusals += 1;
                        if refusals >= MAX_REFUSALS {
                            return false;
                        }
                    }
                    if !self.pause(pause).await {
                        return false;
                    }
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
            }
        }
        false
    }

    /// From the enrollment to its end.
    async fn managed(&mut self) {
        let pace = self.shared.config.pace;
        let mut next_poll = pace.poll_every.map(|every| Instant::now() + every);
        let mut next_event = self.next_event();
        let mut retry_at: Option<Instant> = None;
        self.listen();
        while self.device.enrollment_profile().is_some() {
            let never = Instant::now() + NEVER;
            let online_at = self.online_at.unwrap_or(never);
            let lock_ends = self.lock_ends_at.unwrap_or(never);
            let offline = self.online_at.is_some();
            tokio::select! {
                () = stopped(&mut self.stop) => return,
                Some(push) = self.pushes.recv(), if !offline => {
                    add(&self.shared.counters.pushes);
                    let channel = self.device.receive_push(&push);
                    self.shared.counters.collect(&mut self.device);
                    if let Some(channel) = channel {
                        retry_at = self.session(channel).await;
                    }
                }
                () = sleep_until(online_at) => {
                    self.online_at = None;
                    // Whoever was away asks what was missed.
                    retry_at = self.all_sessions().await;
                }
                () = sleep_until(lock_ends) => {
                    retry_at = self.unlock().await.or(retry_at);
                }
                () = sleep_until(retry_at.unwrap_or(never)), if !offline => {
                    retry_at = self.all_sessions().await;
                }
                () = sleep_until(next_poll.unwrap_or(never)), if !offline => {
                    retry_at = self.all_sessions().await;
                    next_poll = pace.poll_every.map(|every| Instant::now() + every);
                }
                () = sleep_until(next_event.unwrap_or(never)) => {
                    self.event().await;
                    next_event = self.next_event();
                }
            }
            self.after();
        }
    }

    async fn all_sessions(&mut self) -> Option<Instant> {
        let mut retry_at = None;
        for channel in 0..self.device.tokens().len() {
            if !self.device.is_on_console(channel) {
                continue;
            }
            retry_at = self.session(channel).await.or(retry_at);
        }
        retry_at
    }

    /// When to try again, if the server did not let it finish.
    async fn session(&mut self, channel: usize) -> Option<Instant> {
        if self.device.state() != DeviceState::Enrolled {
            return None;
        }
        // Never closed.
        let _permit = self.shared.sessions.acquire().await.ok()?;
        let outcome = self.device.session_on(channel).await;
        let counters = &self.shared.counters;
        counters.collect(&mut self.device);
        match outcome {
            Ok(session) => {
                counters.session(&session);
                match session.end {
                    SessionEnd::Erased => add(&counters.erased),
                    SessionEnd::Unenrolled => add(&counters.removed),
                    SessionEnd::ConnectionLost | SessionEnd::Restarting => {
                        return Some(Instant::now() + Duration::from_millis(200));
                    }
                    SessionEnd::Empty
                    | SessionEnd::BrokenOff
                    | SessionEnd::PinLocked
                    | SessionEnd::ShutDown => {}
                }
                None
            }
            Err(error) => {
                add(&counters.session_failures);
                tracing::debug!(device.serial = self.device.serial(), %error, "session failed");
                let again = self.device.has_unsent_result() || error.is_passing();
                again.then(|| Instant::now() + Duration::from_secs(2))
            }
        }
    }

    /// Follows what the last session changed.
    fn after(&mut self) {
        self.listen();
        let pause = self.shared.config.life.pause;
        let locked = self.device.is_screen_locked()
            || matches!(
                self.device.state(),
                DeviceState::PinLocked | DeviceState::Off
            );
        if locked && self.lock_ends_at.is_none() {
            self.lock_ends_at = Some(Instant::now() + pause);
        }
    }

    async fn unlock(&mut self) -> Option<Instant> {
        self.lock_ends_at = None;
        self.device.unlock_screen();
        if self.device.state() == DeviceState::Off {
            self.device.turn_on();
            return self.all_sessions().await;
        }
        if let Some(pin) = self.device.lock_pin.clone() {
            self.device.unlock_with_pin(&pin);
            return self.all_sessions().await;
        }
        if self.device.polls_by_itself(0) {
            return self.session(0).await;
        }
        None
    }

    async fn event(&mut self) {
        let life = self.shared.config.life;
        if self.shared.calm.load(Ordering::Relaxed) {
            return;
        }
        if self.online_at.is_some() || self.device.state() != DeviceState::Enrolled {
            return;
        }
        if self.rng.chance(life.removes_profile) {
            if self.device.person_removes_profile().await.is_ok() {
                add(&self.shared.counters.removed);
            }
            self.shared.counters.collect(&mut self.device);
        } else if self
            .shared
            .config
            .variety
            .falls_silent(self.device.config())
        {
            self.online_at = Some(Instant::now() + NEVER);
        } else if self.device.escrows_token() && self.rng.chance(life.renews_token) {
            self.renew_token().await;
        } else if self.rng.chance(life.offline) {
            self.online_at = Some(Instant::now() + life.pause);
        } else if self.device.config().shared_ipad && self.device.has_user_channels() {
            self.somebody_signs_in().await;
        } else {
            self.device.lock_screen();
        }
    }

    /// One of the few people who share the iPad; whoever was there signs out.
    async fn somebody_signs_in(&mut self) {
        const PEOPLE: [&str; 3] = ["anna@example.org", "bo@example.org", "guest"];
        let person = self.rng.pick(&PEOPLE).unwrap_or_default();
        let outcome = match person {
            "guest" => self.device.guest_signs_in().await,
            account => self.device.shared_user_signs_in(account).await,
        };
        self.shared.counters.collect(&mut self.device);
        match outcome {
            Ok(channel) => {
                self.listen();
                self.session(channel).await;
            }
            Err(error) => {
                tracing::debug!(device.serial = self.device.serial(), %error, "sign-in failed");
            }
        }
    }

    /// Another bootstrap token; what the server says that it has is compared with the device's memory.
    async fn renew_token(&mut self) {
        let mut outcome = self.device.escrow_bootstrap_token().await;
        if outcome.is_err() || self.rng.chance(500) {
            outcome = self.device.get_bootstrap_token().await.map(drop);
        }
        self.shared.counters.collect(&mut self.device);
        if let Err(error) = outcome {
            tracing::debug!(device.serial = self.device.serial(), %error, "no token was renewed");
        }
    }

    /// What is on the device and in the server's keeping when the fleet ends.
    async fn last_look(&mut self) {
        let asks = self.shared.config.life.renews_token > 0;
        if asks && self.device.is_enrolled() && self.device.escrows_token() {
            let _ = self.device.get_bootstrap_token().await;
        }
        self.device.log_holdings();
    }

    fn next_event(&mut self) -> Option<Instant> {
        let mean = self.shared.config.life.event_every?;
        // Between a half and one and a half of the mean.
        let share = u32::try_from(self.rng.below(1_000)).unwrap_or(0) + 500;
        Some(Instant::now() + mean.saturating_mul(share) / 1_000)
    }

    /// Hears the pushes of all its tokens; a renewal brings new ones.
    fn listen(&self) {
        for channel in self.device.tokens() {
            self.shared.hub.listen(&channel.token, self.sender.clone());
        }
    }
}
