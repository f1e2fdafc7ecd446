use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::Variety;
use crate::rng::Rng;
use crate::{Authentication, Behaviours, DeviceKind, EnrollBy, SimError};

/// How many devices, which, how lively.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    pub count: usize,
    pub mix: Mix,
    pub variety: Variety,
    pub authentication: Authentication,
    /// The same seed gives the same devices with the same moods.
    pub seed: u64,
    pub source: Source,
    pub pace: Pace,
    pub life: Life,
    /// The temper of every device; `None` draws one by seed with [`Behaviours::chaos`].
    pub behaviours: Option<Behaviours>,
}

/// Shares of the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    pub iphones: u32,
    pub ipads: u32,
    pub macs: u32,
}

/// Where each device gets its enrollment profile.
#[derive(Clone)]
pub enum Source {
    /// All by the same way, for instance one invitation for many devices.
    Same(EnrollBy),
    /// Asked for each device: its number in the fleet and its kind.
    Each(SourceFn),
}

type SourceFn =
    Arc<dyn Fn(usize, DeviceKind) -> BoxFuture<'static, Result<EnrollBy, SimError>> + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between the enrollments of two neighbours.
    pub enroll_every: Duration,
    /// Polls without a push; `None` waits for pushes alone, as real devices do.
    pub poll_every: Option<Duration>,
    pub sessions_at_once: usize,
}

/// What happens between the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Mean time between two events of one device; `None` for a life without events.
    pub event_every: Option<Duration>,
    /// How long a screen stays locked, a device offline, a Mac without its PIN.
    pub pause: Duration,
    /// Chances of an event, in a thousandth: going offline, removing the profile by hand, and the token.
    /// The rest are screens that are locked.
    pub offline: u16,
    pub removes_profile: u16,
    /// A Mac hands over another bootstrap token, and sooner or later asks for it back.
    pub renews_token: u16,
    /// After an erasure or removal the device enrolls again; `None`: it is gone.
    pub comes_back_after: Option<Duration>,
}

impl FleetConfig {
    pub fn new(count: usize, source: Source) -> Self {
        Self {
            count,
            mix: Mix::default(),
            variety: Variety::default(),
            authentication: Authentication::Signature,
            seed: 1,
            source,
            pace: Pace::default(),
            life: Life::default(),
            behaviours: Some(Behaviours::default()),
        }
    }
}

impl Mix {
    pub fn only(kind: DeviceKind) -> Self {
        let share = |of| u32::from(kind == of);
        Self {
            iphones: share(DeviceKind::Iphone),
            ipads: share(DeviceKind::Ipad),
            macs: share(DeviceKind::Mac),
        }
    }

    /// The kind of one device, the same for the same seed.
    pub fn kind(self, seed: u64, index: usize) -> DeviceKind {
        let stream = u64::try_from(index).unwrap_or(u64::MAX);
        let (iphones, ipads) = (u64::from(self.iphones), u64::from(self.ipads));
        let total = iphones + ipads + u64::from(self.macs);
        match Rng::new(seed, stream ^ 0x004D_4958).below(total) {
            n if n < iphones => DeviceKind::Iphone,
            n if n < iphones + ipads => DeviceKind::Ipad,
            _ if total > 0 => DeviceKind::Mac,
            _ => DeviceKind::Iphone,
        }
    }
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            iphones: 60,
            ipads: 15,
            macs: 25,
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            enroll_every: Duration::from_millis(20),
            poll_every: None,
            sessions_at_once: 128,
        }
    }
}

impl Default for Life {
    fn default() -> Self {
        Self {
            event_every: None,
            pause: Duration::from_secs(30),
            offline: 300,
            removes_profile: 0,
            renews_token: 0,
            comes_back_after: None,
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same(_) => "Same",
            Self::Each(_) => "Each",
        })
    }
}

impl Source {
    pub(super) async fn get(&self, index: usize, kind: DeviceKind) -> Result<EnrollBy, SimError> {
        match self {
            Self::Same(by) => Ok(by.clone()),
            Self::Each(ask) => ask(index, kind).await,
        }
    }
}
