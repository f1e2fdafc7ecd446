//! `/api/v1/plans`: the exact effect of a change before it is made, and making it.

mod apply;
mod cancel;
mod change;
mod conflict;
mod create;
mod effects;
mod list;
mod preview;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

/// Which of them a plan needs is decided by its change.
const WRITE: Needs = Needs::AnyOf(&[
    P::AssignmentsWrite,
    P::GroupsWrite,
    P::UnitsWrite,
    P::PeopleWrite,
]);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::ProfilesRead);
    OpenApiRouter::new()
        .routes(guarded(WRITE, routes!(create::create)))
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(Needs::One(P::DevicesRead), routes!(effects::list)))
        .routes(guarded(WRITE, routes!(apply::apply)))
        .routes(guarded(WRITE, routes!(cancel::cancel)))
        .routes(guarded(read, routes!(preview::show)))
}
