//! What is around every page of `/portal`: the organisation, where one is, language, help.

use std::ops::Deref;

use super::Brand;
use crate::i18n::Texts;
use crate::ui::{LangLink, lang_links};

/// The places of the menu.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PortalPlace {
    /// None of them: sign-in, and what comes before the rest.
    #[default]
    Elsewhere,
    Devices,
    Profile,
}

/// Around a page of somebody who is signed in, or of somebody who is about to be.
#[derive(Clone, Debug, Default)]
pub struct AppFrame {
    pub texts: Texts,
    pub organisation: String,
    /// Path and query of this page, for the language links; empty when it cannot be asked for again.
    pub here: String,
    /// Mark, colours and contacts of the unit.
    pub brand: Brand,
    /// How to reach help, in the organisation's words; may be empty.
    pub help: String,
    /// Who is signed in; empty when nobody is, and then there is no menu.
    pub person: String,
    /// Token for the forms of the page; empty when nobody is signed in.
    pub csrf: String,
    pub place: PortalPlace,
    /// What the last act led to; empty when there was none.
    pub notice: String,
}

impl AppFrame {
    pub(crate) fn langs(&self) -> Vec<LangLink> {
        lang_links(self.texts.lang())
    }

    pub(crate) fn in_devices(&self) -> bool {
        self.place == PortalPlace::Devices
    }

    pub(crate) fn in_profile(&self) -> bool {
        self.place == PortalPlace::Profile
    }
}

impl Deref for AppFrame {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}
