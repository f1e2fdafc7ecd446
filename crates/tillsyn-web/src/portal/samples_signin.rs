//! The pages of sign-in for people in each of their states, with invented data.

use super::failure::ProblemPage;
use super::frame::{AppFrame, PortalPlace};
use super::sign_in::PortalSignInPage;
use crate::i18n::Texts;
use crate::ui::{Link, Sample, urls};

/// The frame of somebody who is signed in.
pub(super) fn signed_in(l: Texts, place: PortalPlace) -> AppFrame {
    AppFrame {
        person: "Elin Hedström".to_owned(),
        csrf: "c5a1b2".to_owned(),
        place,
        ..guest(l)
    }
}

/// The frame of somebody who is not.
pub(super) fn guest(l: Texts) -> AppFrame {
    AppFrame {
        texts: l,
        organisation: "Norrviks universitet".to_owned(),
        here: urls::PORTAL.to_owned(),
        help: "IT-support: 046-555 01 00".to_owned(),
        ..AppFrame::default()
    }
}

impl Sample for PortalSignInPage {
    const NAME: &'static str = "portal-sign-in";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: String, notice: String| Self {
            f: guest(l),
            next: urls::PORTAL.to_owned(),
            login: if error.is_empty() {
                String::new()
            } else {
                "elin@norrvik.example".to_owned()
            },
            error,
            notice,
        };
        vec![
            ("first", page(String::new(), String::new())),
            ("wrong", page(l.t("portal-sign-in-failed"), String::new())),
            ("out", page(String::new(), l.t("portal-signed-out"))),
        ]
    }
}

impl Sample for ProblemPage {
    const NAME: &'static str = "portal-problem";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = Self {
            f: guest(l),
            title: l.t("error-500"),
            text: l.t("error-500-text"),
            request_id: "01939f3c-5a10-7c3e-9d41-5f0a4be31c77".to_owned(),
            way: Link {
                href: urls::PORTAL.to_owned(),
                text: l.t("portal-error-on"),
            },
        };
        vec![("fault", page)]
    }
}
