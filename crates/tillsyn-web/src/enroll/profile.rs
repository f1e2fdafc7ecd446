//! `GET /apple/enroll/{secret}`: the signed enrollment profile. When its time is over the answer is a page
//! with a 4xx status, never something that looks like a profile (enrollment sheet §1).

use std::net::SocketAddr;

use askama::Template as _;
use axum::extract::{ConnectInfo, Path, State};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tillsyn_apple::media;
use tillsyn_core::{Error, Kind, invitations, settings};

use crate::i18n::{Lang, Texts};
use crate::portal::PortalFrame;
use crate::portal::enroll::{Closed, ClosedPage};
use crate::state::AppState;

pub(super) async fn fetch(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let lang = Lang::negotiate(None, asked, Lang::default());
    let address = Some(peer.ip().to_string());
    let texts = |organisation: &str| super::words::profile_texts(lang, organisation);
    match invitations::fetch_profile(&state.core, &secret, texts, address).await {
        Ok(profile) => {
            let mut response = (StatusCode::OK, profile.bytes.to_vec()).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media::PROFILE));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("attachment; filename=\"enroll.mobileconfig\""),
            );
            response
        }
        Err(error) => refused(&state, lang, &error).await,
    }
}

/// A page that says why, with a 4xx status (5xx when the fault is ours).
async fn refused(state: &AppState, lang: Lang, error: &Error) -> Response {
    let (status, closed) = match (error.kind, error.code) {
        (Kind::Conflict, "invitation_revoked") => (StatusCode::GONE, Closed::Revoked),
        (Kind::Conflict, "invitation_used" | "attempt_done") => (StatusCode::GONE, Closed::Used),
        (Kind::Conflict, "push_certificate_missing") => {
            (StatusCode::SERVICE_UNAVAILABLE, Closed::NotReady)
        }
        (Kind::Conflict, _) => (StatusCode::GONE, Closed::Expired),
        (Kind::NotFound, _) => (StatusCode::NOT_FOUND, Closed::Unknown),
        _ => {
            tracing::error!(code = error.code, "a profile could not be made: {}", error.detail);
            (StatusCode::SERVICE_UNAVAILABLE, Closed::NotReady)
        }
    };
    let organisation = settings::organisation(&state.core).await.unwrap_or_default();
    let page = ClosedPage {
        f: PortalFrame {
            texts: Texts::new(lang),
            organisation: organisation.name,
            here: String::new(),
            help: organisation.support.unwrap_or_default(),
            refresh_secs: 0,
        },
        closed,
    };
    let mut response = match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
