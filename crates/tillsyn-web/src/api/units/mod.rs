//! `/api/v1/units`: the tree of the organisation.

mod branding;
mod create;
mod list;
mod move_to;
mod remove;
mod rename;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

/// Whoever sees something that lies in a unit sees the unit.
const READ: Needs = Needs::AnyOf(&[P::DevicesRead, P::PeopleRead, P::GroupsRead, P::UnitsWrite]);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let write = Needs::One(P::UnitsWrite);
    OpenApiRouter::new()
        .routes(guarded(READ, routes!(list::list)))
        .routes(guarded(READ, routes!(show::show)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(write, routes!(rename::rename)))
        .routes(guarded(write, routes!(move_to::move_to)))
        .routes(guarded(write, routes!(remove::remove)))
        .routes(guarded(READ, routes!(branding::show)))
        .routes(guarded(write, routes!(branding::set)))
        .routes(guarded(write, routes!(branding::remove)))
        .routes(guarded(write, routes!(branding::set_mark)))
        .routes(guarded(write, routes!(branding::remove_mark)))
}
