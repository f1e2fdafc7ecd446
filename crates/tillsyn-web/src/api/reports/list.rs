//! `GET /api/v1/reports`.

use axum::Json;
use tillsyn_core::reports::{ReportName, columns};

use super::views::ReportKind;
use crate::api::paging::Page;
use crate::auth::RequestContext;

/// Which reports there are.
#[utoipa::path(get, path = "/api/v1/reports", operation_id = "reports_list", tag = "reports",
    responses((status = 200, body = Page<ReportKind>)))]
pub(in crate::api) async fn list(_ctx: RequestContext) -> Json<Page<ReportKind>> {
    let kind = |name: ReportName| ReportKind {
        name: name.as_str().to_owned(),
        columns: columns(name)
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
    };
    Json(Page::whole(
        ReportName::ALL.into_iter().map(kind).collect::<Vec<_>>(),
    ))
}
