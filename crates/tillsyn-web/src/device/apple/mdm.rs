//! `PUT /apple/checkin` and `PUT /apple/mdm`: one handler, since a device may send both to one URL. What
//! the body is decides its media type, else its `MessageType` (core sheet §1).

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, header};
use tillsyn_apple::media;
use tillsyn_core::platform::apple;

use super::body::{self, Taken};
use super::{answer, proof};
use crate::auth::ClientAddress;
use crate::state::AppState;

/// Where the first bytes of a check-in have its `MessageType`.
const LOOK: usize = 64 * 1024;

pub(super) async fn message(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let introduced = match proof::introduce(&state, &parts).await {
        Ok(introduced) => introduced,
        Err(refused) => return proof::refuse(refused),
    };
    let is_checkin_path = parts.uri.path() == "/apple/checkin";
    let address = Some(address.to_string());
    let taken = if is_checkin_path || says_check_in(&parts.headers) {
        body::whole(body, super::CHECK_IN_LIMIT)
            .await
            .map(Taken::Whole)
    } else {
        body::whole_or_scanned(body, super::RESULT_LIMIT, || introduced.streamed()).await
    };
    let body = match taken {
        Ok(Taken::Whole(body)) => body,
        Ok(Taken::Oversize {
            scanned,
            hashed,
            size,
        }) => {
            let certificate = match introduced.prove_streamed(&state, hashed).await {
                Ok(certificate) => certificate,
                Err(refused) => return proof::refuse(refused),
            };
            let answered = apple::poll_oversize(
                &state.core,
                &certificate,
                scanned.map(|s| *s),
                size,
                address,
            )
            .await;
            return match answered {
                Ok(answer) => answer::device(answer),
                Err(error) => answer::failure(&error),
            };
        }
        Err(not_taken) => return answer::not_taken(&not_taken),
    };
    let certificate = match introduced.prove(&state, &body).await {
        Ok(certificate) => certificate,
        Err(refused) => return proof::refuse(refused),
    };
    let answered = if is_checkin(&parts.headers, is_checkin_path, &body) {
        apple::check_in(&state.core, &certificate, &body, address).await
    } else {
        apple::poll(&state.core, &certificate, &body, address).await
    };
    match answered {
        Ok(answer) => answer::device(answer),
        Err(error) => answer::failure(&error),
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

fn says_check_in(headers: &HeaderMap) -> bool {
    media::is(content_type(headers), media::CHECK_IN)
}

fn is_checkin(headers: &HeaderMap, is_checkin_path: bool, body: &[u8]) -> bool {
    if says_check_in(headers) {
        return true;
    }
    if media::is(content_type(headers), media::COMMAND) {
        return false;
    }
    let head = body.get(..LOOK).unwrap_or(body);
    let says = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    says(b"MessageType") || (is_checkin_path && !says(b"Status"))
}
