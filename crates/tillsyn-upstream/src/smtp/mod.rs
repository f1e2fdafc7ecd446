//! Handing mail to the organisation's own mail server, by SMTP.

mod client;

pub use client::{
    Inline, Mail, MailOutcome, SmtpClient, SmtpConfig, SmtpError, SmtpTls, is_sender,
};
