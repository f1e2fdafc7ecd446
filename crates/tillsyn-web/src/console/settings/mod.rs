//! Settings: push certificate and API tokens.

mod page;
mod push;
mod revoke_token;
mod tokens;
mod upload;

pub use page::{
    CreatedToken, LadderStep, PushCertificate, PushPage, Refusal, TokenRow, TokensPage,
};

pub(super) use push::push_page;
pub(super) use revoke_token::revoke_token;
pub(super) use tokens::{create_token, tokens_page};
pub(super) use upload::upload_push;
