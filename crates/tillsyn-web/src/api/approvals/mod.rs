//! `/api/v1/approvals`: what waits for a second person. Deciding is done by a person in the console; a
//! program may look, and take back what it asked for.

mod cancel;
mod list;
mod show;
mod views;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    // Whoever asked sees their own; the rest is decided for each.
    OpenApiRouter::new()
        .routes(guarded(Needs::Token, routes!(list::list)))
        .routes(guarded(Needs::Token, routes!(show::show)))
        .routes(guarded(Needs::Token, routes!(cancel::cancel)))
}
