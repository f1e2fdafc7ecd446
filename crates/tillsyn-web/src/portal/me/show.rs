//! `GET /portal/me`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{self, PasskeyView, SessionView};

use super::page::{MePage, MySession, OwnPasskey};
use crate::console::account::{browser, method};
use crate::i18n::{Lang, Texts};
use crate::portal::failure::PortalFailure;
use crate::portal::frame::PortalPlace;
use crate::portal::passkeys;
use crate::portal::session::PortalUser;
use crate::ui::{Choice, urls};

pub(in crate::portal) async fn show(user: PortalUser) -> Result<Response, PortalFailure> {
    let done = user
        .query
        .get("done")
        .and_then(|done| told(user.texts, done));
    let user = user
        .at(urls::PORTAL_ME.to_owned())
        .saying(done.unwrap_or_default());
    let page = build(&user).await?;
    Ok(user.page(StatusCode::OK, &page))
}

/// What an act led to, by its word in the address. Whoever forges it shows themselves one of our own sentences.
fn told(l: Texts, done: &str) -> Option<String> {
    Some(match done {
        "saved" => l.t("portal-me-saved"),
        "password" => l.t("message-password-changed"),
        "added" => l.t("message-factor-added"),
        "removed" => l.t("message-factor-removed"),
        "ended" => l.t("message-session-ended"),
        _ => return None,
    })
}

pub(super) async fn build(user: &PortalUser) -> Result<MePage, PortalFailure> {
    let (core, session) = (user.core(), &user.session);
    let factors = session.factors;
    let passkeys = accounts::own_passkeys(core, session).await?;
    let sessions = accounts::own_sessions(core, session).await?;
    let l = user.texts;
    let language = |lang: Lang| Choice {
        value: lang.tag().to_owned(),
        text: lang.own_name().to_owned(),
        chosen: lang == l.lang(),
    };
    Ok(MePage {
        login: session.account.email.clone(),
        languages: Lang::ALL.map(language).into_iter().collect(),
        password: factors.password,
        old_error: String::new(),
        new_error: String::new(),
        may_passkeys: passkeys::here(core),
        passkeys: passkeys.iter().map(|p| passkey(user, p)).collect(),
        passkey_error: String::new(),
        app: factors.app,
        second: factors.has_second(),
        codes_left: l.tn("codes-left", factors.recovery_codes),
        sessions: sessions.iter().map(|s| row(user, s)).collect(),
        f: user.frame(PortalPlace::Profile),
    })
}

fn passkey(user: &PortalUser, passkey: &PasskeyView) -> OwnPasskey {
    OwnPasskey {
        name: passkey.name.clone(),
        created: user.texts.ago(passkey.created_at, &user.zone),
        remove: urls::portal_passkey_remove(passkey.id.as_str()),
    }
}

fn row(user: &PortalUser, session: &SessionView) -> MySession {
    let (l, zone) = (user.texts, &user.zone);
    MySession {
        browser: browser(l, session.user_agent.as_deref()),
        method: method(l, &session.method, session.second_factor),
        used: l.ago(session.last_used_at, zone),
        current: session.current,
        end: urls::portal_session_end(session.id.as_str()),
    }
}
