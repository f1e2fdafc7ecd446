use plist::{Dictionary, Value};

use super::Ids;
use crate::fields::{Build, Read};
use crate::{Sensitive, WireError, encode_plist};

/// `GetToken`: the device asks for a token of some Apple service.
// Apple schema mdm/checkin/gettoken.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetToken {
    pub ids: Ids,
    /// `com.apple.maid` or `com.apple.watch.pairing`.
    pub token_service_type: String,
    pub token_parameters: Option<TokenParameters>,
}

/// `TokenParameters`, for watch pairing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenParameters {
    pub security_token: Option<Sensitive<String>>,
    pub phone_udid: Option<String>,
    pub watch_udid: Option<String>,
}

impl GetToken {
    pub const MESSAGE_TYPE: &'static str = "GetToken";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        let token_parameters = match dict.opt_dict("TokenParameters")? {
            None => None,
            Some(parameters) => Some(TokenParameters {
                security_token: parameters.opt_text("SecurityToken")?.map(Sensitive::new),
                phone_udid: parameters.opt_text("PhoneUDID")?,
                watch_udid: parameters.opt_text("WatchUDID")?,
            }),
        };
        Ok(Self {
            ids: Ids::read(dict)?,
            token_service_type: dict.text("TokenServiceType")?,
            token_parameters,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let parameters = self.token_parameters.as_ref().map(|p| {
            Build::new()
                .opt(
                    "SecurityToken",
                    p.security_token.as_ref().map(|t| t.expose().as_str()),
                )
                .opt("PhoneUDID", p.phone_udid.as_deref())
                .opt("WatchUDID", p.watch_udid.as_deref())
                .value()
        });
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .set("TokenServiceType", self.token_service_type.as_str())
            .opt("TokenParameters", parameters);
        encode_plist(&self.ids.write(build).value())
    }

    pub fn reply(token_data: &[u8]) -> Vec<u8> {
        let data = Value::Data(token_data.to_vec());
        encode_plist(&Build::new().set("TokenData", data).value())
    }
}
