//! The pages of sign-in for people in each of their states, with invented data.

use super::confirm::PortalConfirmPage;
use super::failure::ProblemPage;
use super::frame::{AppFrame, PortalPlace};
use super::me::{MePage, MySession, OwnPasskey, PortalAppPage, PortalCodesPage};
use super::second::PortalSecondStepPage;
use super::set_up::PortalSetUpPage;
use super::sign_in::PortalSignInPage;
use super::welcome::{PortalForgottenPage, PortalWelcomePage};
use crate::i18n::{Texts, When, Zone};
use crate::ui::{Choice, Link, Qr, Sample, urls};

const NOW: i64 = 1_794_904_920_000;
const LOGIN: &str = "elin@norrvik.example";

fn ago(l: Texts, minutes: i64) -> When {
    let zone = Zone {
        now_ms: NOW,
        zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(1)),
    };
    l.ago(NOW - minutes * 60_000, &zone)
}

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
            mend: None,
            notice,
            passkeys: true,
            providers: vec![Link {
                href: urls::PORTAL_SIGN_IN.to_owned(),
                text: "Norrvik ID".to_owned(),
            }],
        };
        let mut expired = page(l.t("portal-password-change"), String::new());
        expired.mend = Some(Link {
            href: "https://password.norrvik.example".to_owned(),
            text: l.t("portal-password-change-link"),
        });
        vec![
            ("expired", expired),
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

impl Sample for PortalSecondStepPage {
    const NAME: &'static str = "portal-second";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |app: bool, error: String| Self {
            f: guest(l),
            name: "Elin".to_owned(),
            next: urls::PORTAL.to_owned(),
            app,
            passkeys: true,
            passkey_error: error.clone(),
            error,
        };
        vec![
            ("app", page(true, String::new())),
            ("wrong", page(false, l.t("error-code-used"))),
        ]
    }
}

impl Sample for PortalSetUpPage {
    const NAME: &'static str = "portal-set-up";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: String| Self {
            f: AppFrame {
                csrf: "c5a1b2".to_owned(),
                ..guest(l)
            },
            login: LOGIN.to_owned(),
            next: urls::PORTAL.to_owned(),
            error,
        };
        vec![
            ("first", page(String::new())),
            ("short", page(l.t("error-password-short"))),
        ]
    }
}

impl Sample for PortalConfirmPage {
    const NAME: &'static str = "portal-confirm";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: String| Self {
            f: signed_in(l, PortalPlace::Elsewhere),
            login: LOGIN.to_owned(),
            next: urls::PORTAL_ME.to_owned(),
            password: true,
            app: true,
            passkeys: true,
            code_error: error.clone(),
            passkey_error: error.clone(),
            error,
            providers: Vec::new(),
        };
        vec![
            ("ask", page(String::new())),
            ("wrong", page(l.t("error-password-wrong"))),
        ]
    }
}

impl Sample for PortalWelcomePage {
    const NAME: &'static str = "portal-welcome";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |forgotten: bool, error: String| Self {
            f: guest(l),
            action: urls::portal_welcome("7KQ4M2XD9HWZ3B5TRY6NQ8FJ2A"),
            name: "Elin".to_owned(),
            login: LOGIN.to_owned(),
            forgotten,
            error,
        };
        vec![
            ("first", page(false, String::new())),
            ("forgotten", page(true, l.t("error-password-common"))),
        ]
    }
}

impl Sample for PortalForgottenPage {
    const NAME: &'static str = "portal-forgotten";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |sent: bool, error: String| Self {
            f: guest(l),
            sent,
            error,
        };
        vec![
            ("ask", page(false, String::new())),
            ("often", page(false, l.tn("error-429-text", 5_u64))),
            ("sent", page(true, String::new())),
        ]
    }
}

impl Sample for MePage {
    const NAME: &'static str = "portal-me";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |full: bool| Self {
            f: AppFrame {
                here: urls::PORTAL_ME.to_owned(),
                notice: if full {
                    l.t("portal-me-saved")
                } else {
                    String::new()
                },
                ..signed_in(l, PortalPlace::Profile)
            },
            login: LOGIN.to_owned(),
            languages: [("en", "English"), ("sv", "Svenska"), ("ja", "日本語")]
                .into_iter()
                .map(|(value, text)| Choice {
                    value: value.to_owned(),
                    text: text.to_owned(),
                    chosen: value == l.tag(),
                })
                .collect(),
            password: full,
            old_error: if full {
                l.t("error-password-wrong")
            } else {
                String::new()
            },
            new_error: String::new(),
            may_passkeys: full,
            passkeys: if full {
                vec![OwnPasskey {
                    name: "iPhone".to_owned(),
                    created: ago(l, 90),
                    remove: urls::portal_passkey_remove("p1"),
                }]
            } else {
                Vec::new()
            },
            passkey_error: String::new(),
            app: full,
            second: full,
            codes_left: l.tn("codes-left", 8),
            sessions: [true, false]
                .into_iter()
                .filter(|current| full || *current)
                .map(|current| MySession {
                    browser: "Safari, iPhone".to_owned(),
                    method: l.t("session-password"),
                    used: ago(l, 3),
                    current,
                    end: urls::portal_session_end("s1"),
                })
                .collect(),
        };
        vec![("full", page(true)), ("first", page(false))]
    }
}

impl Sample for PortalAppPage {
    const NAME: &'static str = "portal-app";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: String| Self {
            f: signed_in(l, PortalPlace::Profile),
            qr: Qr::new("otpauth://totp/Norrvik:elin?secret=JBSWY3DPEHPK3PXP"),
            secret: "JBSW Y3DP EHPK 3PXP".to_owned(),
            error,
        };
        vec![
            ("first", page(String::new())),
            ("wrong", page(l.t("error-code-used"))),
        ]
    }
}

impl Sample for PortalCodesPage {
    const NAME: &'static str = "portal-codes";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let codes = ["ab2c-d3ef-gh4j-k5mn", "pq6r-s7tu-vw8x-y9za"];
        let page = Self {
            f: AppFrame {
                here: String::new(),
                ..guest(l)
            },
            codes: codes.map(str::to_owned).into_iter().collect(),
        };
        vec![("first", page)]
    }
}
