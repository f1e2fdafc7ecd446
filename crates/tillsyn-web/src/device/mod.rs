//! Device endpoints: what the protocol sheets prescribe, and nothing of the generic error map.

mod apple;

use axum::Router;

use crate::state::AppState;

/// All device endpoints.
pub(crate) fn routes() -> Router<AppState> {
    apple::routes()
}
