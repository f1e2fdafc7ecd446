//! `/api/v1/me/notifications`: what the token's account should hear of.

mod list;
mod topics;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(guarded(Needs::Token, routes!(list::list)))
        .routes(guarded(Needs::Token, routes!(topics::list)))
        .routes(guarded(Needs::Token, routes!(topics::choose)))
}
