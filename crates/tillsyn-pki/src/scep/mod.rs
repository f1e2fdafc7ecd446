//! SCEP messages: the server's side, and the client's for simulated devices. RFC 8894.

pub mod client;
mod lookup;
mod message;
mod query;
mod reply;
mod request;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests;

pub use lookup::Query;
pub use message::{FailInfo, MessageType, Refusal, Transaction};
pub use query::{ca_caps, decode_get_message, get_ca_cert};
pub use reply::CertRep;
pub use request::{CsrRequest, PkiRequest, VerifiedRequest};
