//! `/api/v1/invitation-batches`: invitations to many.

mod acts;
mod create;
mod list;
mod people;
mod pins;
mod views;

pub(crate) use people::PEOPLE;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (
        Needs::One(P::InvitationsRead),
        Needs::One(P::InvitationsWrite),
    );
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(read, routes!(list::show)))
        .routes(guarded(read, routes!(people::list)))
        .routes(guarded(read, routes!(people::export)))
        .routes(guarded(write, routes!(acts::begin)))
        .routes(guarded(write, routes!(acts::cancel)))
        .routes(guarded(write, routes!(acts::resend)))
        .routes(guarded(write, routes!(pins::take)))
}
