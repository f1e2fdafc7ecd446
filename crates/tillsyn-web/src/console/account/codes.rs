//! Recovery codes, shown once.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::accounts::{self, AddedFactor};
use zeroize::Zeroizing;

use super::page::RecoveryCodesPage;
use crate::console::access::renewed;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {}

/// `POST /console/account/recovery-codes`.
pub(crate) async fn new_codes(filled: Filled<Fields>) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    let codes = accounts::new_recovery_codes(visitor.core(), &visitor.session.session).await?;
    Ok(show(&visitor, &codes))
}

/// After a new factor: its codes where these are the first, and the session's new token.
pub(super) fn added(visitor: &Visitor, added: &AddedFactor) -> Result<Response, Failure> {
    let answer = if added.recovery_codes.is_empty() {
        go(visitor.state(), urls::ACCOUNT, Told::FactorAdded)
    } else {
        show(visitor, &added.recovery_codes)
    };
    renewed(visitor.state(), &added.session, answer)
}

fn show(visitor: &Visitor, codes: &[Zeroizing<String>]) -> Response {
    let mut f = visitor.bare();
    f.here = String::new();
    let shown = RecoveryCodesPage {
        f,
        codes: codes.iter().map(|code| code.to_string()).collect(),
        next: urls::ACCOUNT.to_owned(),
    };
    page(StatusCode::OK, &shown).into_response()
}
