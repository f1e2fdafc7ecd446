//! `/api/v1/people`.

mod change;
mod create;
mod data;
mod devices;
mod invitations;
mod list;
mod move_to;
mod show;
mod sign_in;
mod views;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, write) = (Needs::One(P::PeopleRead), Needs::One(P::PeopleWrite));
    let manage = Needs::One(P::AuditManage);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(list::list)))
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(write, routes!(create::create)))
        .routes(guarded(write, routes!(change::change)))
        .routes(guarded(write, routes!(move_to::move_to)))
        .routes(guarded(read, routes!(devices::list)))
        .routes(guarded(read, routes!(invitations::list)))
        .routes(guarded(read, routes!(sign_in::show)))
        .routes(guarded(write, routes!(sign_in::send_link)))
        .routes(guarded(write, routes!(sign_in::temporary_password)))
        .routes(guarded(write, routes!(sign_in::reset)))
        .routes(guarded(manage, routes!(data::export)))
        .routes(guarded(manage, routes!(data::erase)))
}
