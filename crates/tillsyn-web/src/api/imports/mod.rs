//! `/api/v1/imports`: files of people, groups and units.

mod apply;
mod cancel;
mod create;
mod errors;
mod list;
mod rows;
mod show;
mod template;
mod views;

pub(crate) use views::{ERRORS, csv_file, template_file};

use tillsyn_core::Permission as P;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::state::AppState;

/// Which of them an import needs is decided by its kind.
const NEEDS: Needs = Needs::AnyOf(&[P::PeopleWrite, P::GroupsWrite, P::UnitsWrite]);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(guarded(NEEDS, routes!(list::list)))
        .routes(guarded(NEEDS, routes!(create::create)))
        .routes(guarded(NEEDS, routes!(template::template)))
        .routes(guarded(NEEDS, routes!(show::show)))
        .routes(guarded(NEEDS, routes!(rows::list)))
        .routes(guarded(NEEDS, routes!(errors::errors)))
        .routes(guarded(NEEDS, routes!(apply::apply)))
        .routes(guarded(NEEDS, routes!(cancel::cancel)))
}
