//! `/api/v1/enrollments`: moving in from another server, and out to one; how Apple devices are answered.

mod confirm;
mod export;
mod import;
mod readopt;
mod settings;
mod status_reports;
mod unknown;
mod unproven;
mod window;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let moves = Needs::One(P::EnrollmentsMove);
    OpenApiRouter::new()
        .routes(guarded(moves, routes!(import::import)))
        .routes(guarded(moves, routes!(export::export)))
        .routes(guarded(moves, routes!(unproven::list)))
        .routes(guarded(moves, routes!(confirm::confirm)))
        .routes(guarded(moves, routes!(unknown::list)))
        .routes(guarded(moves, routes!(readopt::readopt)))
        .routes(guarded(moves, routes!(window::show)))
        .routes(guarded(moves, routes!(window::set)))
        .routes(guarded(Needs::One(P::DevicesRead), routes!(settings::show)))
        .routes(guarded(
            Needs::One(P::SettingsWrite),
            routes!(settings::change),
        ))
        .routes(guarded(
            Needs::One(P::DevicesRead),
            routes!(status_reports::list),
        ))
}
