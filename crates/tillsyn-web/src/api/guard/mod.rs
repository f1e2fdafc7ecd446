//! `/api/v1/guard`: figures, budget, freezes, and stopping everything destructive.

mod change;
mod show;
mod stop;
mod unfreeze;
mod unit;
mod views;

use tillsyn_core::Permission as P;
use tillsyn_core::guard::DESTRUCTIVE;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(guarded(Needs::One(P::DevicesRead), routes!(show::show)))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(change::change),
        ))
        .routes(guarded(Needs::One(P::SettingsWrite), routes!(unit::set)))
        .routes(guarded(Needs::AnyOf(DESTRUCTIVE), routes!(stop::stop)))
        .routes(guarded(
            Needs::One(P::GuardApprove),
            routes!(unfreeze::unfreeze),
        ))
}
