//! `/api/v1/identity-providers`: where administrators sign in.

mod change;
mod check;
mod create;
mod list;
mod remove;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let needs = Needs::One(P::SignInWrite);
    OpenApiRouter::new()
        .routes(guarded(needs, routes!(list::list)))
        .routes(guarded(needs, routes!(show::show)))
        .routes(guarded(needs, routes!(create::create)))
        .routes(guarded(needs, routes!(change::change)))
        .routes(guarded(needs, routes!(check::check)))
        .routes(guarded(needs, routes!(remove::remove)))
}
