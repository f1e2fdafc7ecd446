//! `GET /console/imports`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::imports::{ImportFilter, ImportView, list_imports};

use super::page::{ImportLine, ImportsPage, KindCard};
use super::{kinds, words};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::ui::{page, urls};

pub(crate) async fn imports_page(visitor: Visitor) -> Result<Response, Failure> {
    let kind = visitor.query.get("kind").unwrap_or_default().to_owned();
    let shown = list(&visitor, &kind, String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// The list with the form; `chosen` is the kind that the form begins with.
pub(super) async fn list(
    visitor: &Visitor,
    chosen: &str,
    problem: String,
) -> Result<ImportsPage, Failure> {
    let l = visitor.texts;
    let after = At::of(&visitor.query);
    let found = list_imports(
        visitor.core(),
        visitor.actor(),
        &ImportFilter::default(),
        after.after(),
        None,
    )
    .await?;
    let line = |import: &ImportView| {
        let counts = import.counts;
        let all = counts.create + counts.change + counts.same + counts.error;
        ImportLine {
            href: urls::import(import.id.as_str()),
            kind: words::kind(l, import.kind),
            status: words::status(l, import.status),
            when: l.ago(import.created_at, &visitor.zone),
            rows: l.number(u64::try_from(all).unwrap_or(0)),
            unit: import.unit_name.clone(),
        }
    };
    let cards = kinds(visitor)
        .into_iter()
        .enumerate()
        .map(|(at, kind)| KindCard {
            value: kind.as_str(),
            text: words::kind(l, kind),
            chosen: kind.as_str() == chosen || (chosen.is_empty() && at == 0),
            template: urls::import_template(kind.as_str()),
            columns: words::columns(kind).to_owned(),
        });
    Ok(ImportsPage {
        problem,
        kinds: cards.collect(),
        rows: found.items.iter().map(line).collect(),
        pager: lists::pager(
            visitor,
            urls::IMPORTS,
            found.items.len(),
            found.next.as_deref(),
        ),
        f: visitor.frame(Place::People, "").await?,
    })
}
