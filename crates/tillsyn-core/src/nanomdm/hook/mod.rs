//! The family's webhook format: raw messages of devices, for the webhooks that were made for it.

mod message;
mod tell;

pub(crate) use message::{CONNECT, Said, TOPICS, topic_of};
pub(crate) use tell::{RawCopy, tell_in};
