//! `/api/v1/device-authorities`: whose device certificates are accepted beside our own.

mod add;
mod change;
mod list;
mod remove;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let needs = Needs::One(P::SettingsWrite);
    OpenApiRouter::new()
        .routes(guarded(needs, routes!(list::list)))
        .routes(guarded(needs, routes!(add::add)))
        .routes(guarded(needs, routes!(change::change)))
        .routes(guarded(needs, routes!(remove::remove)))
}
