//! `/api/v1/webhooks`: events sent to other programs.

mod change;
mod create;
mod deliveries;
mod list;
mod remove;
mod renew_key;
mod retry;
mod show;
mod test;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::WebhooksRead);
    // What the audit trail holds goes out: `audit.read` is asked for as well.
    let write = Needs::One(P::WebhooksWrite);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(write, routes!(change::change)))
        .routes(guarded(write, routes!(remove::remove)))
        .routes(guarded(write, routes!(renew_key::renew)))
        .routes(guarded(write, routes!(test::test)))
        .routes(guarded(read, routes!(deliveries::list)))
        .routes(guarded(write, routes!(retry::retry)))
}
