//! The pages people see who bring a device in: one thing per screen, usable without script.

mod acts;
mod begin;
pub mod brand;
mod closed;
mod confirm;
mod cookie;
pub mod enroll;
mod failure;
mod failures;
mod frame;
mod go;
mod home;
pub mod managed;
mod manifest;
mod me;
mod my_act;
mod my_device;
pub(crate) mod my_words;
mod own_password;
mod passkeys;
mod platform;
mod provider;
mod routes;
#[cfg(any(test, feature = "testing"))]
pub mod samples;
#[cfg(any(test, feature = "testing"))]
mod samples_home;
#[cfg(any(test, feature = "testing"))]
mod samples_signin;
mod second;
mod session;
mod set_up;
mod sign_in;
mod steps;
#[cfg(test)]
mod tests;
mod visit;
mod welcome;

use std::ops::Deref;

pub use brand::Brand;
pub use confirm::PortalConfirmPage;
pub use failure::ProblemPage;
pub use frame::{AppFrame, PortalPlace};
pub use home::{Hero, OwnDeviceRow, PortalHomePage};
pub use me::{MePage, MySession, OwnPasskey, PortalAppPage, PortalCodesPage};
pub use my_act::MyActPage;
pub use my_device::{MyDevicePage, Way};
pub use my_words::{AskedLine, RemedyCard};
pub(crate) use routes::routes;
pub use second::PortalSecondStepPage;
pub use set_up::PortalSetUpPage;
pub use sign_in::PortalSignInPage;
pub use welcome::{PortalForgottenPage, PortalWelcomePage};

use crate::i18n::Texts;
use crate::ui::{LangLink, lang_links};

/// What every page of the portal carries.
#[derive(Clone, Debug, Default)]
pub struct PortalFrame {
    pub texts: Texts,
    pub organisation: String,
    /// Path of this page, for the language links.
    pub here: String,
    /// Mark, colours and contacts of the unit.
    pub brand: Brand,
    /// How to reach help, in the organisation's words; may be empty.
    pub help: String,
    /// Without script the page asks again after this many seconds; 0: never.
    pub refresh_secs: u32,
}

/// What was written with empty lines between.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n")
        .split("\n\n")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

impl PortalFrame {
    pub(crate) fn langs(&self) -> Vec<LangLink> {
        lang_links(self.texts.lang())
    }
}

impl Deref for PortalFrame {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}
