//! `/api/v1/campaigns`: many erases or retires that a second person agrees on beforehand.

mod create;
mod end;
mod list;
mod show;
mod targets;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

/// Which of them is decided by the campaign's act.
const WRITE: Needs = Needs::AnyOf(&[P::DevicesErase, P::DevicesRetire]);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::DevicesRead);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(WRITE, routes!(create::create)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(read, routes!(targets::list)))
        .routes(guarded(WRITE, routes!(end::end)))
}
