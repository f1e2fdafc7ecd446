//! `GET /portal/manifest.webmanifest`: the portal as an app of its own on a home screen.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use tillsyn_core::settings;

use super::cookie;
use super::visit::header_text;
use crate::assets;
use crate::i18n::{Lang, Texts};
use crate::state::AppState;
use crate::ui::urls;

/// The name is the organisation's: that is whom people know.
pub(super) async fn show(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let organisation = settings::organisation(&state.core)
        .await
        .unwrap_or_default();
    let fallback = Lang::from_tag(&organisation.language).unwrap_or_default();
    let asked = header_text(&headers, &header::ACCEPT_LANGUAGE);
    let l = Texts::new(Lang::negotiate(
        cookie::language(&headers),
        Some(asked),
        fallback,
    ));
    let icon = |name: &str, size: u32, purpose: &str| {
        json!({
            "src": assets::url(name), "sizes": format!("{size}x{size}"),
            "type": "image/png", "purpose": purpose,
        })
    };
    let manifest = json!({
        "id": urls::PORTAL,
        "name": l.ta("manifest-name", organisation.name.as_str()),
        "short_name": l.t("manifest-short"),
        "lang": l.tag(),
        "start_url": urls::PORTAL,
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#005a80",
        "icons": [
            icon("icon-192.png", 192, "any"),
            icon("icon-512.png", 512, "any"),
            icon("icon-512.png", 512, "maskable"),
        ],
    });
    let mut response = Json(manifest).into_response();
    let headers = response.headers_mut();
    let set = |headers: &mut HeaderMap, name, value| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(headers, header::CONTENT_TYPE, "application/manifest+json");
    set(headers, header::CACHE_CONTROL, "private, max-age=3600");
    set(headers, header::VARY, "accept-language, cookie");
    response
}
