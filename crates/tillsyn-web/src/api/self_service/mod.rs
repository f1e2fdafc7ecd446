//! What people may do to their own devices: `/api/v1/self-service` and `/api/v1/units/{id}/self-service`.

mod set;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (Needs::One(P::DevicesRead), Needs::One(P::SettingsWrite));
    OpenApiRouter::new()
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(write, routes!(set::set)))
        .routes(guarded(read, routes!(show::show_unit)))
        .routes(guarded(write, routes!(set::set_unit)))
}
