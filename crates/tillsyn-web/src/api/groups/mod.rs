//! `/api/v1/groups`: static lists of devices and people.

mod change;
mod create;
mod list;
mod members;
mod members_change;
mod of_device;
mod of_person;
mod remove;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (Needs::One(P::GroupsRead), Needs::One(P::GroupsWrite));
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(read, routes!(members::list)))
        .routes(guarded(read, routes!(of_device::list)))
        .routes(guarded(read, routes!(of_person::list)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(write, routes!(change::change)))
        .routes(guarded(write, routes!(members_change::change)))
        .routes(guarded(write, routes!(remove::remove)))
}
