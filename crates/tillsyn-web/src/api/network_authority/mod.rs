//! `/api/v1/network-authority`: who issues the certificates that profiles carry.

mod change;
mod show;

use tillsyn_core::Permission as P;
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
}
