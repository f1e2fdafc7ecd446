//! Mail: queued in the transaction of what causes it, written in the recipient's language when it is sent,
//! handed to the organisation's own mail server.

mod deliver;
mod outbox;
mod queue;
mod server;
#[cfg(test)]
mod tests;
mod trial;

pub(crate) use deliver::run_due;
pub use outbox::{MailView, list_mail};
pub(crate) use queue::{NewMail, queue_in, withdraw_in};
pub use server::{
    MailServer, MailServerChange, MailTls, has_server, mail_server, remove_mail_server,
    set_mail_server,
};
pub use trial::send_test;

use serde_json::Value as Json;

/// A text for a person.
pub struct Text {
    pub subject: String,
    pub body: String,
}

/// The same text laid out, beside the plain one.
pub struct Rich {
    pub html: String,
    pub images: Vec<Image>,
}

/// A picture within a message; the HTML names it as `cid:` and its name.
pub struct Image {
    pub name: &'static str,
    pub png: Vec<u8>,
}

/// Who has words for templates; the core has none.
pub trait MailTexts: Send + Sync {
    /// `None` for a template that there are no words for.
    fn text(&self, template: &str, arguments: &Json, language: Option<&str>) -> Option<Text>;

    /// `None` for a template that is plain text alone.
    fn rich(&self, _template: &str, _arguments: &Json, _language: Option<&str>) -> Option<Rich> {
        None
    }
}
