use plist::Dictionary;

use super::{
    Authenticate, CheckOut, DeclarativeManagement, GetBootstrapToken, GetToken, Ids,
    ReturnToService, SetBootstrapToken, TokenUpdate, UserAuthenticate,
};
use crate::WireError;
use crate::fields::{Read, root};
use crate::ids::ChannelName;
use crate::plist_guard::{self, Limits};

/// Any check-in message.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckIn {
    Authenticate(Authenticate),
    TokenUpdate(TokenUpdate),
    CheckOut(CheckOut),
    UserAuthenticate(UserAuthenticate),
    SetBootstrapToken(SetBootstrapToken),
    GetBootstrapToken(GetBootstrapToken),
    GetToken(GetToken),
    DeclarativeManagement(DeclarativeManagement),
    ReturnToService(ReturnToService),
    /// A `MessageType` that is not in our list: answer 400, log and count it.
    Unknown {
        message_type: String,
    },
}

impl CheckIn {
    /// Every message type this codec reads.
    pub const MESSAGE_TYPES: [&str; 9] = [
        Authenticate::MESSAGE_TYPE,
        TokenUpdate::MESSAGE_TYPE,
        CheckOut::MESSAGE_TYPE,
        UserAuthenticate::MESSAGE_TYPE,
        SetBootstrapToken::MESSAGE_TYPE,
        GetBootstrapToken::MESSAGE_TYPE,
        GetToken::MESSAGE_TYPE,
        DeclarativeManagement::MESSAGE_TYPE,
        ReturnToService::MESSAGE_TYPE,
    ];

    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let dict = root(plist_guard::parse(bytes, Limits::CHECK_IN)?)?;
        Self::from_dict(&dict)
    }

    fn from_dict(dict: &Dictionary) -> Result<Self, WireError> {
        let message_type = dict.text("MessageType")?;
        Ok(match message_type.as_str() {
            Authenticate::MESSAGE_TYPE => Self::Authenticate(Authenticate::read(dict)?),
            TokenUpdate::MESSAGE_TYPE => Self::TokenUpdate(TokenUpdate::read(dict)?),
            CheckOut::MESSAGE_TYPE => Self::CheckOut(CheckOut::read(dict)?),
            UserAuthenticate::MESSAGE_TYPE => Self::UserAuthenticate(UserAuthenticate::read(dict)?),
            SetBootstrapToken::MESSAGE_TYPE => {
                Self::SetBootstrapToken(SetBootstrapToken::read(dict)?)
            }
            GetBootstrapToken::MESSAGE_TYPE => {
                Self::GetBootstrapToken(GetBootstrapToken::read(dict)?)
            }
            GetToken::MESSAGE_TYPE => Self::GetToken(GetToken::read(dict)?),
            DeclarativeManagement::MESSAGE_TYPE => {
                Self::DeclarativeManagement(DeclarativeManagement::read(dict)?)
            }
            ReturnToService::MESSAGE_TYPE => Self::ReturnToService(ReturnToService::read(dict)?),
            // Long enough for any name of Apple's, short enough for a log line.
            _ => Self::Unknown {
                message_type: message_type.chars().take(64).collect(),
            },
        })
    }

    pub fn message_type(&self) -> &str {
        match self {
            Self::Authenticate(_) => Authenticate::MESSAGE_TYPE,
            Self::TokenUpdate(_) => TokenUpdate::MESSAGE_TYPE,
            Self::CheckOut(_) => CheckOut::MESSAGE_TYPE,
            Self::UserAuthenticate(_) => UserAuthenticate::MESSAGE_TYPE,
            Self::SetBootstrapToken(_) => SetBootstrapToken::MESSAGE_TYPE,
            Self::GetBootstrapToken(_) => GetBootstrapToken::MESSAGE_TYPE,
            Self::GetToken(_) => GetToken::MESSAGE_TYPE,
            Self::DeclarativeManagement(_) => DeclarativeManagement::MESSAGE_TYPE,
            Self::ReturnToService(_) => ReturnToService::MESSAGE_TYPE,
            Self::Unknown { message_type } => message_type,
        }
    }

    /// Who sent it; `None` for an unknown message.
    pub fn ids(&self) -> Option<&Ids> {
        match self {
            Self::Authenticate(m) => Some(&m.ids),
            Self::TokenUpdate(m) => Some(&m.ids),
            Self::CheckOut(m) => Some(&m.ids),
            Self::UserAuthenticate(m) => Some(&m.ids),
            Self::SetBootstrapToken(m) => Some(&m.ids),
            Self::GetBootstrapToken(m) => Some(&m.ids),
            Self::GetToken(m) => Some(&m.ids),
            Self::DeclarativeManagement(m) => Some(&m.ids),
            Self::ReturnToService(m) => Some(&m.ids),
            Self::Unknown { .. } => None,
        }
    }

    pub fn channel(&self) -> Option<ChannelName> {
        self.ids().map(Ids::channel)
    }
}
