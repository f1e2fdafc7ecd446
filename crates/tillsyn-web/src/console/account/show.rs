//! `GET /console/account`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{self, PasskeyView, SessionView};

use super::page::{AccountPage, PasskeyRow, SessionRow};
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::ui::{page, urls};

pub(crate) async fn account_page(visitor: Visitor) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &build(&visitor).await?))
}

pub(super) async fn build(visitor: &Visitor) -> Result<AccountPage, Failure> {
    let (core, session) = (visitor.core(), &visitor.session.session);
    let factors = session.factors;
    let passkeys = accounts::own_passkeys(core, session).await?;
    let sessions = accounts::own_sessions(core, session).await?;
    let l = visitor.texts;
    Ok(AccountPage {
        login: session.account.email.clone(),
        password: factors.password,
        old_error: String::new(),
        new_error: String::new(),
        may_passkeys: accounts::passkey_party(core).is_some(),
        passkeys: passkeys.iter().map(|p| passkey(visitor, p)).collect(),
        passkey_error: String::new(),
        app: factors.app,
        second: factors.has_second(),
        required: factors.required,
        codes_left: l.tn("codes-left", factors.recovery_codes),
        sessions: sessions.iter().map(|s| row(visitor, s)).collect(),
        f: visitor.frame(Place::Account, "").await?,
    })
}

fn passkey(visitor: &Visitor, passkey: &PasskeyView) -> PasskeyRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    PasskeyRow {
        name: passkey.name.clone(),
        field: format!("name-{}", passkey.id.as_str()),
        created: l.ago(passkey.created_at, zone),
        used: passkey.last_used_at.map(|at| l.ago(at, zone)),
        synced: passkey.synced,
        action: urls::account_passkey(passkey.id.as_str()),
    }
}

fn row(visitor: &Visitor, session: &SessionView) -> SessionRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    SessionRow {
        browser: words::browser(l, session.user_agent.as_deref()),
        method: words::method(l, &session.method, session.second_factor),
        address: session.address.clone().unwrap_or_default(),
        began: l.ago(session.created_at, zone),
        used: l.ago(session.last_used_at, zone),
        current: session.current,
        end: urls::account_session_end(session.id.as_str()),
    }
}
