//! `POST /console/preferences`: language and theme, kept for the person and for this browser.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::header;
use serde::Deserialize;
use tillsyn_core::accounts;

use crate::console::failure::{Failure, own_path};
use crate::console::form::Filled;
use crate::console::frame::Theme;
use crate::console::visitor::{keys_cookie, look_cookies};
use crate::i18n::Lang;

#[derive(Deserialize)]
pub(crate) struct Fields {
    lang: Option<String>,
    theme: Option<String>,
    /// `on` or `off`: whether single keys act.
    keys: Option<String>,
    #[serde(default)]
    next: String,
}

/// What the form does not name stays as it is.
pub(crate) async fn change_preferences(form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let session = &visitor.session.session;
    let asked = fields.lang.as_deref().and_then(Lang::from_tag);
    let language = asked
        .map(|lang| lang.tag().to_owned())
        .or_else(|| session.account.language.clone());
    let theme = match fields.theme.as_deref().map(Theme::from_value) {
        Some(Theme::System) => None,
        Some(theme) => Some(theme.value().to_owned()),
        None => session.account.theme.clone(),
    };
    let cookies = look_cookies(
        visitor.state(),
        language.as_deref().unwrap_or_default(),
        theme.as_deref().unwrap_or_default(),
    );
    accounts::change_preferences(visitor.core(), session, language, theme).await?;
    let mut answer = Redirect::to(own_path(&fields.next)).into_response();
    let keys = fields
        .keys
        .as_deref()
        .map(|keys| keys_cookie(visitor.state(), keys));
    for cookie in cookies.into_iter().chain(keys) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}
