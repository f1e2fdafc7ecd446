use plist::Dictionary;

use super::Request;
use crate::fields::{Build, Read, root};
use crate::ids::CommandUuid;
use crate::plist_guard::{self, Limits};
use crate::{WireError, encode_plist};

/// `{Command, CommandUUID}`: the body of the answer to a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    pub uuid: CommandUuid,
    pub request: Request,
}

impl Command {
    pub fn new(uuid: CommandUuid, request: Request) -> Self {
        Self { uuid, request }
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let body = Build::new()
            .set("Command", self.request.write())
            .set("CommandUUID", self.uuid.as_str());
        encode_plist(&body.value())
    }

    /// Reads a command as a device would. An unknown `RequestType` is
    /// [`WireError::Unsupported`]; [`Command::envelope`] then still gives its UUID.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let dict = root(plist_guard::parse(bytes, Limits::RESULT)?)?;
        Ok(Self {
            uuid: CommandUuid::new(dict.text("CommandUUID")?)?,
            request: Request::read(dict.dict("Command")?)?,
        })
    }

    /// UUID, `RequestType` and the request as a dictionary, of any command.
    pub fn envelope(bytes: &[u8]) -> Result<(CommandUuid, String, Dictionary), WireError> {
        let dict = root(plist_guard::parse(bytes, Limits::RESULT)?)?;
        let request = dict.dict("Command")?;
        Ok((
            CommandUuid::new(dict.text("CommandUUID")?)?,
            request.text("RequestType")?,
            request.clone(),
        ))
    }
}
