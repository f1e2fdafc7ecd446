//! `/api/v1/accounts`: administrators and services.

mod change;
mod create;
mod disable;
mod enable;
mod list;
mod reset;
mod show;
mod tokens;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (Needs::One(P::AccountsRead), Needs::One(P::AccountsWrite));
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(write, routes!(change::change)))
        .routes(guarded(write, routes!(disable::disable)))
        .routes(guarded(write, routes!(enable::enable)))
        .routes(guarded(write, routes!(reset::reset)))
        .routes(guarded(read, routes!(tokens::list)))
}
