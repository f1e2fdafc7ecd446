//! Proof that a change comes from our own page (security S15).

use http::{HeaderMap, Method, header};
use tillsyn_core::Error;

use crate::error::AppError;
use crate::state::AppState;

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Refuses an unsafe request that a foreign page could have caused. Browsers say where a request comes
/// from in `Sec-Fetch-Site`; older ones only in `Origin`; a request with neither is refused.
pub fn check_same_origin(
    state: &AppState,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), AppError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let proven = match (text(SEC_FETCH_SITE), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let config = state.core.config();
            [&config.console_url, &config.public_url]
                .into_iter()
                .any(|ours| is_origin(ours, origin))
        }
        (None, None) => false,
    };
    if proven {
        return Ok(());
    }
    Err(Error::forbidden(
        "cross_origin",
        "This change did not come from a page of this server. Open the page again and repeat it.",
    )
    .into())
}

/// Whether `origin` is scheme, host and port of our address.
pub(super) fn is_origin(ours: &str, origin: &str) -> bool {
    let end = ours.find("://").map(|at| at + 3).and_then(|from| {
        ours.get(from..)
            .map(|rest| rest.find('/').map_or(ours.len(), |slash| from + slash))
    });
    end.and_then(|end| ours.get(..end))
        .is_some_and(|ours| ours.eq_ignore_ascii_case(origin))
}
