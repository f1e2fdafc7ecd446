//! Samples of the pages about getting in and about one's own account.

use super::access::{RescuePage, SecondStepPage, SetUpPage};
use super::account::{
    AccountPage, AppPage, PasskeyRow, RecoveryCodesPage, SessionRow, browser, method,
};
use super::frame::Place;
use super::samples::{DAY, ago, bare, frame};
use super::words::FieldError;
use crate::i18n::Texts;
use crate::ui::{Qr, Sample, urls};

const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/18.5 Safari/605.1.15";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PERSON: &str = "Maja Bergqvist";
const LOGIN: &str = "maja@example.org";

impl Sample for SecondStepPage {
    const NAME: &'static str = "second-step";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |app: bool, error: String| Self {
            f: bare(l),
            person: PERSON.to_owned(),
            next: urls::DEVICES.to_owned(),
            app,
            passkeys: true,
            passkey_error: error.clone(),
            error,
        };
        vec![
            ("empty", page(true, String::new())),
            ("wrong", page(true, FieldError::CodeUsed.text(l))),
            ("recovery", page(false, String::new())),
        ]
    }
}

impl Sample for SetUpPage {
    const NAME: &'static str = "set-up";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |password: bool, error: String| Self {
            f: bare(l),
            title: if password {
                l.t("set-up-password-title")
            } else {
                l.t("set-up-factor-title")
            },
            intro: if password {
                l.t("set-up-password-intro")
            } else {
                l.t("set-up-factor-intro")
            },
            login: LOGIN.to_owned(),
            next: urls::CONSOLE.to_owned(),
            password,
            passkeys: !password,
            error,
        };
        vec![
            ("password", page(true, String::new())),
            ("common", page(true, FieldError::PasswordCommon.text(l))),
            ("factor", page(false, String::new())),
        ]
    }
}

impl Sample for RescuePage {
    const NAME: &'static str = "rescue";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = Self {
            f: bare(l),
            person: PERSON.to_owned(),
            action: urls::rescue("Hq3"),
        };
        vec![("link", page)]
    }
}

impl Sample for AppPage {
    const NAME: &'static str = "app";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: String| Self {
            f: bare(l),
            qr: Qr::new("otpauth://totp/Tillsyn:maja%40example.org?secret=JBSWY3DPEHPK3PXP"),
            secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
            error,
            back: urls::ACCOUNT.to_owned(),
        };
        vec![
            ("empty", page(String::new())),
            ("wrong", page(FieldError::CodeUsed.text(l))),
        ]
    }
}

impl Sample for RecoveryCodesPage {
    const NAME: &'static str = "recovery-codes";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = Self {
            f: bare(l),
            codes: (2..12)
                .map(|n| format!("{n:X}KQ7-9FHM-2WXC-{n:X}4TZ"))
                .collect(),
            next: urls::ACCOUNT.to_owned(),
        };
        vec![("ten", page)]
    }
}

impl Sample for AccountPage {
    const NAME: &'static str = "account";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let session = |agent: &str, minutes: i64, current: bool| SessionRow {
            browser: browser(l, Some(agent)),
            method: method(l, if current { "passkey" } else { "password" }, true),
            address: if current {
                "192.0.2.7"
            } else {
                "2001:db8:85a3::8a2e:370:7334"
            }
            .to_owned(),
            began: ago(l, minutes + 90),
            used: ago(l, minutes),
            current,
            end: urls::account_session_end("01939f3c-5a10-7c3e-9d41-5f0a4be31c77"),
        };
        let passkey = |nth: i64, name: &str, used: bool| PasskeyRow {
            name: name.to_owned(),
            field: format!("name-{nth}"),
            created: ago(l, nth * 40 * DAY / 60_000),
            used: used.then(|| ago(l, 42)),
            synced: used,
            action: urls::account_passkey("01939f3c-5a10-7c3e-9d41-5f0a4be31c78"),
        };
        let page = |full: bool, error: String| Self {
            f: frame(l, Place::Account, urls::ACCOUNT),
            login: LOGIN.to_owned(),
            password: true,
            old_error: error.clone(),
            new_error: error.clone(),
            may_passkeys: full,
            passkeys: if full {
                vec![
                    passkey(1, "iPhone", true),
                    passkey(2, "Enhetsregistreringsprofilshanteringsnyckel", false),
                ]
            } else {
                Vec::new()
            },
            passkey_error: error,
            app: full,
            second: full,
            required: true,
            codes_left: l.tn("codes-left", 7),
            sessions: if full {
                vec![session(SAFARI, 0, true), session(FIREFOX, 17, false)]
            } else {
                vec![session(SAFARI, 0, true)]
            },
        };
        vec![
            ("full", page(true, String::new())),
            ("plain", page(false, String::new())),
            ("errors", page(true, FieldError::PasswordWrong.text(l))),
        ]
    }
}
