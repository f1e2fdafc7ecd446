//! What devices are to have and have: `/api/v1/devices/{id}/profiles`, `/api/v1/profiles/{id}/devices`, and
//! asking for a look.

mod of_device;
mod of_profile;
mod reconcile;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(of_device::show),
        ))
        .routes(guarded(
            Needs::One(P::DevicesQuery),
            routes!(reconcile::device),
        ))
        .routes(guarded(
            Needs::One(P::ProfilesRead),
            routes!(of_profile::list),
        ))
        .routes(guarded(
            Needs::One(P::ProfilesRead),
            routes!(of_profile::counts),
        ))
        .routes(guarded(
            Needs::One(P::DevicesQuery),
            routes!(reconcile::profile),
        ))
}
