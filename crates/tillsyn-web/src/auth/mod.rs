//! Who sends a request: the client's address, API tokens, and browser sessions with their proof that a
//! change comes from our own page. Only reads headers, so that it decides before a body is parsed (S02).

mod address;
mod caller;
mod context;
mod cookie;
mod form;
mod same_origin;
mod session;
mod token;

pub(crate) use address::FORWARDED_FOR;
pub use address::{ClientAddress, client_address};
pub use caller::Coming;
pub use context::RequestContext;
pub use cookie::Cookie;
pub use form::{CsrfForm, PageForm};
pub use same_origin::check_same_origin;
pub use session::{MaybeSession, SessionActor};
pub use token::ApiActor;

pub(crate) use form::{body_of, fields};
pub(crate) use session::SET_UP_NEEDED;
pub(crate) use token::authenticate;

#[cfg(test)]
mod tests;
