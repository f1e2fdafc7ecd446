//! `/api/v1/profiles`: what people write and publish. What devices are to have of it is assignments.

mod body;
mod check;
mod clone;
mod compare;
mod create;
mod draft;
mod edits;
mod export;
mod list;
mod publish;
mod show;
mod templates;
mod versions;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::ProfilesRead);
    let write = Needs::One(P::ProfilesWrite);
    let assign = Needs::One(P::AssignmentsWrite);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(read, routes!(check::check)))
        .routes(guarded(read, routes!(templates::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(write, routes!(show::change)))
        .routes(guarded(write, routes!(show::remove)))
        .routes(guarded(write, routes!(clone::clone)))
        .routes(guarded(read, routes!(draft::show)))
        .routes(guarded(write, routes!(draft::replace)))
        .routes(guarded(write, routes!(draft::edit)))
        .routes(guarded(write, routes!(draft::discard)))
        .routes(guarded(assign, routes!(publish::publish)))
        .routes(guarded(assign, routes!(publish::archive)))
        .routes(guarded(assign, routes!(publish::restore)))
        .routes(guarded(read, routes!(versions::list)))
        .routes(guarded(read, routes!(versions::show)))
        .routes(guarded(read, routes!(compare::compare)))
        .routes(guarded(read, routes!(export::export)))
        .routes(guarded(
            Needs::One(P::SecretsRevealKeys),
            routes!(export::export_secrets),
        ))
}
