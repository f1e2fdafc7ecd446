//! The demo's devices: invited one by one, woken through the APNs stand-in.

use std::sync::Arc;
use std::time::Duration;

use tillsyn_core::invitations::{NewInvitation, create_invitation};
use tillsyn_core::{Actor, Core};
use tillsyn_sim::{
    DeviceConfig, DeviceKind, DeviceLog, EnrollBy, Fleet, FleetConfig, Life, Network,
    NetworkConfig, Pace, Push, PushHub, SimError, Source, Variety,
};
use tillsyn_standins::apns::ApnsStandin;
use tokio::task::JoinHandle;

use super::departments;
use super::people::{PER, person_of};
use super::world::sign_in;

pub(super) struct Devices {
    fleet: Fleet,
    /// One device whose person removes the profile by hand now and then.
    restless: Fleet,
    pushes: JoinHandle<()>,
}

const SEED: u64 = 20_260;
const RESTLESS_SEED: u64 = 20_261;

/// All devices enroll within about this time.
const ENROLLING: Duration = Duration::from_secs(45);

pub(super) fn start(
    core: &Core,
    standin: &ApnsStandin,
    count: usize,
    reused: bool,
) -> anyhow::Result<Devices> {
    let network = Network::new(NetworkConfig {
        allow_plain_http: true,
        ..NetworkConfig::default()
    })?;
    let hub = PushHub::new();
    let pushes = wake(&hub, standin);
    let inviter = Arc::new(Inviter {
        core: core.clone(),
        may_replace: reused,
        per: tokio::sync::Mutex::new(None),
    });
    let restless_count = usize::from(count > 1);
    let steady = count - restless_count;
    let every = ENROLLING / u32::try_from(count.max(1)).unwrap_or(u32::MAX);
    let start = |count, seed, life| {
        let mut config = FleetConfig::new(count, inviter.source(seed));
        config.seed = seed;
        config.pace = Pace {
            enroll_every: every.min(Duration::from_millis(1_500)),
            ..Pace::default()
        };
        config.life = life;
        config.variety = Variety::field();
        // Each device has its own moods.
        config.behaviours = None;
        Fleet::start(config, network.clone(), hub.clone(), DeviceLog::default())
    };
    let life = Life {
        event_every: Some(Duration::from_mins(3)),
        pause: Duration::from_secs(25),
        comes_back_after: Some(Duration::from_secs(25)),
        ..Life::default()
    };
    let restless = Life {
        event_every: Some(Duration::from_secs(90)),
        removes_profile: 1_000,
        comes_back_after: Some(Duration::from_mins(4)),
        ..life
    };
    Ok(Devices {
        fleet: start(steady, SEED, life),
        restless: start(restless_count, RESTLESS_SEED, restless),
        pushes,
    })
}

/// Tokens go to the stand-in before the server learns them; pushes come back to the devices.
fn wake(hub: &PushHub, standin: &ApnsStandin) -> JoinHandle<()> {
    let subscription = Arc::new(standin.subscribe());
    let registry = Arc::clone(&subscription);
    hub.on_register(move |token| registry.add(token));
    let hub = hub.clone();
    tokio::spawn(async move {
        loop {
            let push = subscription.next().await;
            hub.deliver(Push {
                token: push.token,
                topic: Some(push.topic),
                push_magic: Some(push.push_magic),
            });
        }
    })
}

impl Devices {
    /// Ends every device after the request it is in, and tells of broken rules.
    pub(super) async fn stop(self) {
        for fleet in [self.fleet, self.restless] {
            for (serial, violation) in fleet.violations() {
                tracing::error!(
                    device.serial = serial,
                    rule = violation.rule.as_str(),
                    detail = violation.detail,
                    "the server broke a rule of the protocol"
                );
            }
            fleet.stop().await;
        }
        self.pushes.abort();
    }
}

/// Per invites the person of each device when the device comes out of its box.
struct Inviter {
    core: Core,
    may_replace: bool,
    per: tokio::sync::Mutex<Option<Actor>>,
}

impl Inviter {
    fn source(self: &Arc<Self>, seed: u64) -> Source {
        let inviter = Arc::clone(self);
        Source::Each(Arc::new(move |index, kind| {
            let inviter = Arc::clone(&inviter);
            Box::pin(async move {
                inviter.invite(seed, index, kind).await.map_err(|error| {
                    // Tried again, as by a person who asks for a new link.
                    SimError::Transport {
                        step: "invitation",
                        text: format!("{error:#}"),
                    }
                })
            })
        }))
    }

    async fn invite(&self, seed: u64, index: usize, kind: DeviceKind) -> anyhow::Result<EnrollBy> {
        let actor = {
            let mut per = self.per.lock().await;
            match &*per {
                Some(actor) => actor.clone(),
                None => per.insert(sign_in(&self.core, &PER).await?).clone(),
            }
        };
        let device = DeviceConfig::generate(kind, seed, index);
        let (name, email) = person_of(&device.name, index);
        let unit = departments::of_device(&self.core, &actor, index).await?;
        let language = ["sv", "en", "sv", "ja"][index % 4];
        let created = create_invitation(
            &self.core,
            &actor,
            NewInvitation {
                unit,
                person: None,
                person_name: Some(name),
                person_email: Some(email),
                label: None,
                ownership: if index % 9 == 4 {
                    "personal"
                } else {
                    "corporate"
                }
                .to_owned(),
                language: Some(language.to_owned()),
                with_pin: index.is_multiple_of(6),
                uses_allowed: 1,
                days: 14,
                may_replace: self.may_replace,
            },
        )
        .await?;
        Ok(EnrollBy::Invitation {
            server: self.core.config().public_url.clone(),
            code: created.code.to_string(),
            pin: created.pin.map(|pin| pin.to_string()),
        })
    }
}
