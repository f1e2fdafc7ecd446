//! `/api/v1/devices/{id}/declarative-forwarding`: declarative management that another server answers.

mod clear;
mod set;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    // What the other server declares changes the device: `devices.configure` is asked for as well.
    let write = Needs::One(P::WebhooksWrite);
    OpenApiRouter::new()
        .routes(guarded(Needs::One(P::WebhooksRead), routes!(show::show)))
        .routes(guarded(write, routes!(set::set)))
        .routes(guarded(write, routes!(clear::clear)))
}
