//! `/api/v1/directories/{id}/ldap`: how an LDAP directory is reached and read.

mod change;
mod show;
mod sync;
mod trial;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let needs = Needs::One(P::SignInWrite);
    OpenApiRouter::new()
        .routes(guarded(needs, routes!(show::show)))
        .routes(guarded(needs, routes!(change::change)))
        .routes(guarded(needs, routes!(trial::trial)))
        .routes(guarded(needs, routes!(sync::sync)))
}
