//! The pages.

use askama::Template;

use crate::console::frame::Frame;
use crate::i18n::When;
use crate::ui::{Link, Tone};

/// `GET /console/settings`.
#[derive(Template)]
#[template(path = "console/areas.html")]
pub struct AreasPage {
    pub f: Frame,
    pub areas: Vec<Area>,
    /// The list of first steps is put away, and the reader may take it out again.
    pub first_steps_hidden: bool,
}

/// One area with what stands to be known of it.
pub struct Area {
    pub icon: &'static str,
    pub title: String,
    pub tone: Tone,
    /// How it is at present.
    pub state: String,
    /// Its pages; the first is the one that its name leads to.
    pub pages: Vec<Link>,
}

/// `GET /console/settings/server`.
#[derive(Template)]
#[template(path = "console/server.html")]
pub struct ServerPage {
    pub f: Frame,
    pub public_url: String,
    pub console_url: String,
    pub listeners: Vec<ListenerRow>,
    pub engine: &'static str,
    pub node: String,
    pub version: &'static str,
    /// Keys of the configuration with their values, without secrets.
    pub settings: Vec<(String, String)>,
}

pub struct ListenerRow {
    pub address: String,
    pub serves: String,
    pub proof: String,
    pub tls: String,
    /// Subject, issuer and names of the certificate; empty without one.
    pub certificate: Vec<(String, String)>,
    pub tone: Tone,
    pub icon: &'static str,
}

/// `GET /console/settings/backup`.
#[derive(Template)]
#[template(path = "console/backup.html")]
pub struct BackupPage {
    pub f: Frame,
    /// Who confirmed it, and when.
    pub confirmed: Option<(String, When)>,
    pub help: String,
    pub may_confirm: bool,
}

/// `GET /console/settings/authorities`.
#[derive(Template)]
#[template(path = "console/authorities.html")]
pub struct AuthoritiesPage {
    pub f: Frame,
    /// Empty for whoever does not reach the whole organisation.
    pub rows: Vec<AuthorityRow>,
}

pub struct AuthorityRow {
    pub used_for: String,
    pub subject: String,
    pub algorithm: String,
    pub until: String,
    pub tone: Tone,
    pub icon: &'static str,
    pub issued: String,
    pub sha256: String,
}
