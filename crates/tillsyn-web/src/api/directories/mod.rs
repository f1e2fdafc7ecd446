//! `/api/v1/directories`: where people and groups come from, and what becomes of devices when people leave.

mod leavers;
mod links;
mod runs;
mod sources;
mod tokens;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::PeopleRead);
    let people = Needs::One(P::PeopleWrite);
    let sign_in = Needs::One(P::SignInWrite);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(sources::list)))
        .routes(guarded(sign_in, routes!(sources::create)))
        .routes(guarded(read, routes!(sources::show)))
        .routes(guarded(sign_in, routes!(sources::change)))
        .routes(guarded(sign_in, routes!(sources::remove)))
        .routes(guarded(read, routes!(tokens::list)))
        .routes(guarded(sign_in, routes!(tokens::create)))
        .routes(guarded(sign_in, routes!(tokens::revoke)))
        .routes(guarded(read, routes!(runs::list)))
        .routes(guarded(read, routes!(runs::show)))
        .routes(guarded(people, routes!(runs::release)))
        .routes(guarded(people, routes!(runs::decline)))
        .routes(guarded(read, routes!(links::list)))
        .routes(guarded(people, routes!(links::set)))
        .routes(guarded(read, routes!(leavers::list)))
        .routes(guarded(read, routes!(leavers::policy)))
        .routes(guarded(people, routes!(leavers::set_policy)))
        .routes(guarded(people, routes!(leavers::drop_policy)))
}
