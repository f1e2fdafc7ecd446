//! `/api/v1/audit`: how the trail stands, exports, retention, legal holds.

pub(crate) mod export;
mod holds;
mod settings;
mod show;

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let (read, manage) = (Needs::One(P::AuditRead), Needs::One(P::AuditManage));
    OpenApiRouter::new()
        .routes(guarded(read, routes!(show::show)))
        .routes(guarded(Needs::One(P::AuditExport), routes!(export::export)))
        .routes(guarded(read, routes!(settings::show)))
        .routes(guarded(manage, routes!(settings::change)))
        .routes(guarded(manage, routes!(holds::list)))
        .routes(guarded(manage, routes!(holds::place)))
        .routes(guarded(manage, routes!(holds::end)))
}
