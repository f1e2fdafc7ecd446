//! `/api/v1/assignments`: what is assigned to whom. They are made and changed by plans.

mod list;
mod of_profile;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::ProfilesRead);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(read, routes!(of_profile::list)))
}
