//! Headers on every answer (security S23).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::state::AppState;

/// Pages: own files only. Each directive has its reason: no inline script or style and no plugins, so
/// that injected markup runs nothing; no `base`, no foreign form target, no frame, so that it leads
/// nowhere; `data:` images for QR codes.
const PAGE: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Everything else is data.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'";

pub(super) async fn secure(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/html"));
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // `same-origin` and not `no-referrer` on pages: with the latter browsers send `Origin: null` with
    // our own forms.
    let referrer = if is_page {
        "same-origin"
    } else {
        "no-referrer"
    };
    set(headers, header::REFERRER_POLICY, referrer);
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        if is_page { PAGE } else { DATA },
    );
    if is_page {
        set(
            headers,
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        );
    }
    if is_page || is_api {
        set(headers, header::CACHE_CONTROL, "no-store");
    }
    if state.config.secure {
        set(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000",
        );
    }
    response
}

/// A handler that set it knows better.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
