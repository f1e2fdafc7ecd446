//! `/api/v1/mail`: the organisation's mail server, and what was handed to it.

mod messages;
mod remove;
mod set;
mod show;
mod test;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let needs = Needs::One(P::SettingsWrite);
    OpenApiRouter::new()
        .routes(guarded(needs, routes!(show::show)))
        .routes(guarded(needs, routes!(set::set)))
        .routes(guarded(needs, routes!(remove::remove)))
        .routes(guarded(needs, routes!(test::test)))
        .routes(guarded(needs, routes!(messages::list)))
}
