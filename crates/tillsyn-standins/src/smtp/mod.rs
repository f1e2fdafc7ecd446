//! A mail server that takes what is sent by the rules, and fails where it is told to.

mod conversation;
mod server;

pub use server::{ReceivedMail, SmtpFault, SmtpMode, SmtpStandin, SmtpStep};
