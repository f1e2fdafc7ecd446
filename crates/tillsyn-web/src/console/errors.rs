//! Pages for when something did not work: what, why, and a way out.

use askama::Template;

use super::frame::Bare;
use crate::ui::{Link, urls};

/// An error, with at least one way out.
#[derive(Template)]
#[template(path = "console/error.html")]
pub struct ErrorPage {
    pub f: Bare,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    /// For support; empty when there is nothing to look up.
    pub request_id: String,
    /// Where it is explained; empty for whoever may not read it.
    pub help: String,
    pub ways: Vec<Link>,
}

impl ErrorPage {
    fn new(f: Bare, icon: &'static str, title: String, text: String, request_id: &str) -> Self {
        let ways = vec![
            Link {
                href: urls::CONSOLE.to_owned(),
                text: f.t("error-to-overview"),
            },
            Link {
                href: urls::DEVICES.to_owned(),
                text: f.t("error-to-devices"),
            },
        ];
        Self {
            f,
            icon,
            title,
            text,
            request_id: request_id.to_owned(),
            help: String::new(),
            ways,
        }
    }

    /// 403: the person may see this and not do it.
    pub fn forbidden(f: Bare, request_id: &str) -> Self {
        let (title, text) = (f.t("error-403"), f.t("error-403-text"));
        Self::new(f, "lock", title, text, request_id)
    }

    /// 404: also for what is outside the person's scope, so that its existence is not revealed.
    pub fn not_found(f: Bare, request_id: &str) -> Self {
        let (title, text) = (f.t("error-404"), f.t("error-404-text"));
        Self::new(f, "search", title, text, request_id)
    }

    /// 500 and 503.
    pub fn failed(f: Bare, request_id: &str) -> Self {
        let (title, text) = (f.t("error-500"), f.t("error-500-text"));
        let here = Link {
            href: f.here.clone(),
            text: f.t("try-again"),
        };
        let mut page = Self::new(f, "alert", title, text, request_id);
        if !here.href.is_empty() {
            page.ways.insert(0, here);
        }
        page
    }

    /// 400, 409, 413 and their like: what was sent cannot be taken.
    pub fn refused(f: Bare, text: String, request_id: &str) -> Self {
        let title = f.t("error-400");
        Self::new(f, "alert", title, text, request_id)
    }

    /// 429: too many tries.
    pub fn slow_down(f: Bare, minutes: u64, request_id: &str) -> Self {
        let (title, text) = (f.t("error-429"), f.tn("error-429-text", minutes));
        Self::new(f, "clock", title, text, request_id)
    }

    /// 401 or a form whose token has gone stale: sign in, then come back.
    pub fn session_over(f: Bare) -> Self {
        let (title, text) = (f.t("error-session"), f.t("error-session-text"));
        let href = urls::Query::default()
            .with("next", &f.here)
            .url(urls::SIGN_IN);
        let sign_in = Link {
            href,
            text: f.t("sign-in"),
        };
        let mut page = Self::new(f, "clock", title, text, "");
        page.ways = vec![sign_in];
        page
    }
}
