//! `/api/v1/reports`: how many devices there are of each kind.

mod file;
mod list;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let needs = Needs::One(P::DevicesRead);
    OpenApiRouter::new()
        .routes(guarded(needs, routes!(list::list)))
        .routes(guarded(needs, routes!(show::show)))
        .routes(guarded(needs, routes!(file::file)))
}
