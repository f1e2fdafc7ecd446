//! `/api/v1/roles` and `/api/v1/permissions`.

mod change;
mod create;
mod list;
mod permissions;
mod remove;
mod show;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

/// The second factor of a role is decided on by those who decide on sign-in.
const CHANGE: Needs = Needs::AnyOf(&[P::RolesWrite, P::SignInWrite]);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (Needs::One(P::AccountsRead), Needs::One(P::RolesWrite));
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(CHANGE, routes!(change::change)))
        .routes(guarded(write, routes!(remove::remove)))
        .routes(guarded(Needs::Token, routes!(permissions::list)))
}
