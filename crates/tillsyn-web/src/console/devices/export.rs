//! `GET /console/devices/export`: the list as CSV, with its filter, order and columns.

use axum::response::Response;
use serde_json::json;
use tillsyn_core::devices::export_devices;

use super::columns;
use super::filters::{self, KEPT};
use crate::console::csv;
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::ui::urls;

pub(crate) async fn export(visitor: Visitor) -> Result<Response, Failure> {
    let query = filters::canonical(&visitor.query);
    let (l, columns) = (visitor.texts, columns::of(&query));
    let filter = filters::filter(&query, visitor.zone.now_ms);
    let kept = visitor.scoped(&query.only(&KEPT));
    let details = json!({"query": kept.text(), "format": "csv"});
    let sort = filters::sort(&query);
    let export = export_devices(visitor.core(), visitor.actor(), filter, sort, details).await?;
    let head = columns::labels(l, &columns);
    let begin = csv::begin(&query, &kept.url(urls::DEVICES), head)?;
    Ok(csv::answer(
        "devices.csv",
        begin,
        export,
        move |mut export| {
            let columns = columns.clone();
            async move {
                let rows = export.next().await?;
                let lines = rows.map(|rows| {
                    let lines = rows.iter().map(|row| columns::line(l, &columns, row));
                    lines.collect()
                });
                Ok(lines.map(|lines| (lines, export)))
            }
        },
    ))
}
