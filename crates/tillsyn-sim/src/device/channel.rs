use std::collections::{HashMap, HashSet};

use plist::Dictionary;
use tillsyn_apple::checkin::Ids;
use tillsyn_apple::result::{CommandResult, Status};
use tillsyn_pki::hash;

use super::declarative::Declared;

/// A channel's number and the token that wakes it.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelToken {
    /// 0 is the device itself.
    pub channel: usize,
    pub token: Vec<u8>,
}

/// The device, or one user of a Mac: its own push token, its own queue at the server.
#[derive(Clone)]
pub(crate) struct Channel {
    pub(crate) ids: Ids,
    pub(crate) name: String,
    pub(crate) token: Vec<u8>,
    pub(crate) push_magic: String,
    /// Kept until the server answers 2xx.
    pub(crate) unsent: Option<Performed>,
    /// Delivered and not answered yet.
    pub(crate) outstanding: Option<Outstanding>,
    /// How often a command came in a reply that the device did not read any more, by UUID.
    pub(crate) unread: HashMap<String, u32>,
    /// Answered for good, and the server said 2xx.
    pub(crate) finished: HashSet<String>,
    pub(crate) last_status: Option<Status>,
    /// Every command that came on this channel.
    pub(crate) seen: HashSet<String>,
    /// Setup Assistant waits for `DeviceConfigured` or `UserConfigured`.
    pub(crate) awaiting_configuration: bool,
    /// Whether its user is logged in; always for the device itself.
    pub(crate) on_console: bool,
    pub(crate) declared: Declared,
}

#[derive(Clone)]
pub(crate) struct Outstanding {
    pub(crate) uuid: String,
    pub(crate) request: Dictionary,
    pub(crate) deliveries: u32,
}

/// A command carried out: what to report, and what happens once the report is delivered.
#[derive(Debug, Clone)]
pub(crate) struct Performed {
    pub(crate) result: CommandResult,
    pub(crate) request_type: String,
    pub(crate) effect: Effect,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    None,
    /// The enrollment profile is removed.
    Unenroll,
    Erase,
    /// Erased, and back again with this enrollment profile.
    EraseAndReturn(Option<Vec<u8>>),
    /// The Mac restarts and asks for this PIN.
    PinLock(String),
    Restart,
    ShutDown,
    /// Declarative management looks at what the server wants.
    Synchronise {
        channel: usize,
        data: Option<Vec<u8>>,
    },
    /// These accounts are deleted, and their channels with them.
    UsersGone(Vec<String>),
}

impl Effect {
    /// Whether the connection ends with it.
    pub(crate) fn ends_session(&self) -> bool {
        !matches!(
            self,
            Self::None | Self::Synchronise { .. } | Self::UsersGone(_)
        )
    }
}

impl Channel {
    /// A channel with a new token and magic.
    pub(crate) fn new(ids: Ids) -> Self {
        Self {
            name: ids.channel().to_string(),
            ids,
            token: hash::random_bytes::<32>().to_vec(),
            push_magic: uuid::Uuid::new_v4().to_string().to_ascii_uppercase(),
            unsent: None,
            outstanding: None,
            unread: HashMap::new(),
            finished: HashSet::new(),
            last_status: None,
            seen: HashSet::new(),
            awaiting_configuration: false,
            on_console: true,
            declared: Declared::default(),
        }
    }
}
