//! A stand-in for the Apple Push Notification service.
//!
//! It speaks what APNs speaks (HTTP/2 over TLS with the push certificate) and refuses what
//! APNs, or Apple's text about MDM pushes, does not allow: a client that passes here may be let
//! loose on Apple's servers. Stricter than Apple where Apple guesses: every header must be
//! there. Simulated devices hear their pushes by [`Subscription`] or, from another process,
//! through the control endpoint. Sources: Apple, "Sending notification requests to APNs",
//! "Handling notification responses from APNs", "Setting up push notifications for your device
//! management customers".

mod answer;
mod connection;
mod control;
mod identity;
mod portal;
mod rules;
mod server;
mod state;

pub use answer::Answer;
pub use identity::PushCertificate;
pub use portal::PortalRefusal;
pub use server::{ApnsStandin, Clock, StandinConfig, StandinError};
pub use state::{ReceivedPush, Refusal, Subscription};
