//! The two pages.

use askama::Template;

use crate::console::frame::Frame;
use crate::ui::{Choice, Link};

/// `GET /console/devices/{id}/send`: every command there is.
#[derive(Template)]
#[template(path = "console/send.html")]
pub struct SendPage {
    pub f: Frame,
    pub device: Link,
    pub families: Vec<SendFamily>,
    /// The form for a raw command.
    pub raw: String,
}

pub struct SendFamily {
    pub title: String,
    pub rows: Vec<SendRow>,
}

pub struct SendRow {
    pub title: String,
    pub request_type: String,
    /// Address of its form; empty when it cannot be sent.
    pub href: String,
    /// Why not.
    pub reason: String,
}

/// `GET /console/devices/{id}/send/{type}`: one command with its parameters.
#[derive(Template)]
#[template(path = "console/send_one.html")]
pub struct SendOnePage {
    pub f: Frame,
    pub device: Link,
    pub list: String,
    pub title: String,
    pub request_type: String,
    pub action: String,
    pub fields: Vec<SendField>,
    /// Asks for a reason and the typed name, and waits.
    pub slow: bool,
    pub must_type: String,
    pub typed: String,
    pub reason: String,
    /// The password again (security S11).
    pub password: bool,
    pub error: String,
}

pub struct SendField {
    /// In the form.
    pub name: String,
    pub label: String,
    pub kind: SendKind,
    pub required: bool,
    pub value: String,
    pub choices: Vec<Choice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendKind {
    Text,
    Password,
    Flag,
    Number,
    Choice,
    /// One per line.
    Lines,
    /// Base64.
    Data,
    /// Parts, as JSON.
    Json,
    /// A property list.
    Plist,
}
