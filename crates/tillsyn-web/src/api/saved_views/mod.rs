//! `/api/v1/views`: saved lists of devices.

mod change;
mod create;
mod list;
mod remove;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::DevicesRead);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(create::create)))
        .routes(guarded(read, routes!(change::change)))
        .routes(guarded(read, routes!(remove::remove)))
}
