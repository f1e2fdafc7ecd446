use std::fmt;

use plist::{Dictionary, Value};

use super::{ErrorChainItem, Status};
use crate::checkin::Ids;
use crate::fields::{Build, Read, root};
use crate::ids::{ChannelName, CommandUuid};
use crate::plist_guard::{self, Limits};
use crate::{WireError, encode_plist};

/// One poll: `Idle`, or the result of a command.
#[derive(Clone, PartialEq)]
pub struct CommandResult {
    pub status: Status,
    /// `Idle` has none.
    pub command_uuid: Option<CommandUuid>,
    pub ids: Ids,
    pub error_chain: Vec<ErrorChainItem>,
    /// What the command asked for: every key that is not in the fields above.
    pub body: Dictionary,
}

const OWN_KEYS: [&str; 9] = [
    "Status",
    "CommandUUID",
    "ErrorChain",
    "UDID",
    "EnrollmentID",
    "UserID",
    "UserShortName",
    "UserLongName",
    "EnrollmentUserID",
];

impl CommandResult {
    /// When this fails with [`WireError::is_limit`], `plist_guard::scan_result` may still find
    /// the status.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut dict = root(plist_guard::parse(bytes, Limits::RESULT)?)?;
        let status: Status = dict.text("Status")?.parse()?;
        let command_uuid = dict
            .opt_text("CommandUUID")?
            .filter(|uuid| !uuid.is_empty())
            .map(CommandUuid::new)
            .transpose()?;
        // A device that could not read the command may not know its UUID either.
        let needs_uuid = matches!(status, Status::Acknowledged | Status::NotNow);
        if needs_uuid && command_uuid.is_none() {
            return Err(WireError::Missing { key: "CommandUUID" });
        }
        let ids = Ids::read(&dict)?;
        let error_chain = ErrorChainItem::read_chain(&dict);
        dict.retain(|key, _| !OWN_KEYS.contains(&key.as_str()));
        Ok(Self {
            status,
            command_uuid,
            ids,
            error_chain,
            body: dict,
        })
    }

    /// A poll without a result.
    pub fn idle(ids: Ids) -> Self {
        Self {
            status: Status::Idle,
            command_uuid: None,
            ids,
            error_chain: Vec::new(),
            body: Dictionary::new(),
        }
    }

    /// A result without a body.
    pub fn new(status: Status, command_uuid: CommandUuid, ids: Ids) -> Self {
        Self {
            command_uuid: Some(command_uuid),
            status,
            ..Self::idle(ids)
        }
    }

    pub fn channel(&self) -> ChannelName {
        self.ids.channel()
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let mut build = Build::new().set("Status", self.status.as_str()).opt(
            "CommandUUID",
            self.command_uuid.as_ref().map(CommandUuid::as_str),
        );
        if !self.error_chain.is_empty() {
            let chain = self.error_chain.iter().map(ErrorChainItem::write);
            build = build.set("ErrorChain", Value::Array(chain.collect()));
        }
        let mut dict = self.ids.write(build).dict();
        for (key, value) in &self.body {
            dict.insert(key.clone(), value.clone());
        }
        encode_plist(&Value::Dictionary(dict))
    }
}

// The body may hold recovery keys and tokens.
impl fmt::Debug for CommandResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandResult")
            .field("status", &self.status)
            .field("command_uuid", &self.command_uuid)
            .field("ids", &self.ids)
            .field("error_chain", &self.error_chain)
            .field("body", &self.body.keys().collect::<Vec<_>>())
            .finish()
    }
}
