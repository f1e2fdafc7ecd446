//! `GET /apple/enroll/{secret}`: the signed enrollment profile. When its time is over the answer is a page
//! with a 4xx status, never something that looks like a profile (enrollment sheet §1).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tillsyn_apple::media;
use tillsyn_core::{Error, invitations, settings};

use crate::auth::ClientAddress;
use crate::error::AppError;
use crate::i18n::{Lang, Texts};
use crate::portal::enroll::{Closed, ClosedPage};
use crate::portal::{Brand, PortalFrame};
use crate::state::AppState;
use crate::ui::page;

pub(super) async fn fetch(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    let lang = Lang::negotiate(None, asked, Lang::default());
    let address = Some(address.to_string());
    let texts = |organisation: &str| super::words::profile_texts(lang, organisation);
    match invitations::fetch_profile(&state.core, &secret, texts, address).await {
        Ok(profile) => {
            let mut response = (StatusCode::OK, profile.bytes.to_vec()).into_response();
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(media::PROFILE),
            );
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("attachment; filename=\"enroll.mobileconfig\""),
            );
            response
        }
        Err(error) => refused(&state, lang, error).await,
    }
}

/// A page that says why, with a 4xx status (5xx when the fault is ours).
async fn refused(state: &AppState, lang: Lang, error: Error) -> Response {
    let error = AppError::from(error);
    error.log();
    let organisation = settings::organisation(&state.core)
        .await
        .unwrap_or_default();
    let closed = Closed::of(&error);
    let f = PortalFrame {
        texts: Texts::new(lang),
        organisation: organisation.name,
        // The address carries a secret and leads nowhere any more: no language links.
        here: String::new(),
        help: organisation.support.unwrap_or_default(),
        brand: Brand::of_organisation(&state.core).await,
        refresh_secs: 0,
    };
    page(closed.status(), &ClosedPage::new(f, closed))
}
