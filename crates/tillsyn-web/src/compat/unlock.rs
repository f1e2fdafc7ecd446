//! `POST /v1/escrowkeyunlock`: Apple's answer goes back as it came.

use axum::extract::{Form, FromRequest as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::actor::may;
use tillsyn_core::nanomdm::{self, AppleAnswer, UnlockForm};
use tillsyn_core::{Actor, Error, Permission};
use zeroize::Zeroizing;

use super::answer::refused;
use super::basic::BasicActor;
use crate::error::AppError;
use crate::state::AppState;

/// What concerns Apple's connection or site, not the answer.
const NOT_PASSED: [HeaderName; 7] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::CONTENT_LENGTH,
    header::UPGRADE,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    header::ALT_SVC,
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    topic: String,
    serial: String,
    product_type: String,
    escrow_key: String,
    org_name: String,
    guid: String,
    imei: Option<String>,
    imei2: Option<String>,
    meid: Option<String>,
}

impl From<Fields> for UnlockForm {
    fn from(form: Fields) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            topic: form.topic,
            serial: form.serial,
            product_type: form.product_type,
            escrow_key: Zeroizing::new(form.escrow_key),
            org_name: form.org_name,
            guid: form.guid,
            imei: given(form.imei),
            imei2: given(form.imei2),
            meid: given(form.meid),
        }
    }
}

/// Removes an activation lock with a code that the tool has.
pub(super) async fn unlock(
    State(state): State<AppState>,
    BasicActor(actor): BasicActor,
    request: Request,
) -> Response {
    match ask(&state, &actor, request).await {
        Ok(answer) => passed(answer),
        Err(error) => refused(&error),
    }
}

async fn ask(state: &AppState, actor: &Actor, request: Request) -> Result<AppleAnswer, AppError> {
    // Before the body (S02).
    may(actor, Permission::DevicesActivationLock)?;
    let form = Form::<Fields>::from_request(request, state).await;
    // Their words for what is wrong could repeat the code.
    let Form(form) = form.map_err(|_| {
        Error::invalid(
            "form",
            "form",
            "Send topic, serial, productType, escrowKey, orgName and guid as a form.",
        )
    })?;
    Ok(nanomdm::unlock(&state.core, actor, form.into()).await?)
}

fn passed(answer: AppleAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = (status, answer.body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in &answer.headers {
        if !NOT_PASSED.contains(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}
