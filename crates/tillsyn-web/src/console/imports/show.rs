//! `GET /console/imports/{id}`: the preview, and then the progress.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::ids::ImportId;
use tillsyn_core::imports::{self, Failure as RowFailure, ImportStatus, Outcome, RowView};

use super::page::{ImportPage, ImportRowLine, OutcomeLink};
use super::{place, words};
use crate::console::failure::Failure;
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::ui::{Link, page, urls};

/// Rows that could not be carried out which the page lists.
const FAILURES: usize = 100;

pub(crate) async fn import_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let shown = one(&visitor, &import_id(&id)?, String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(super) fn import_id(text: &str) -> Result<ImportId, Error> {
    ImportId::parse(text).ok_or_else(|| Error::not_found("import"))
}

pub(super) async fn one(
    visitor: &Visitor,
    id: &ImportId,
    problem: String,
) -> Result<ImportPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = imports::import(core, actor, id).await?;
    let asked = visitor.query.get("outcome").and_then(Outcome::parse);
    let at = At::of(&visitor.query);
    let rows = imports::rows(core, actor, id, asked, at.after(), None).await?;
    let address = urls::import(id.as_str());
    let number = |count: i64| l.number(u64::try_from(count).unwrap_or(0));
    let counts = found.counts;
    let all = counts.create + counts.change + counts.same + counts.error;
    let mut outcomes = vec![OutcomeLink {
        href: address.clone(),
        text: format!("{} {}", l.t("filter-all"), number(all)),
        current: asked.is_none(),
    }];
    let of_outcome = [
        (Outcome::Error, counts.error),
        (Outcome::Create, counts.create),
        (Outcome::Change, counts.change),
        (Outcome::Same, counts.same),
    ];
    outcomes.extend(of_outcome.map(|(outcome, count)| {
        OutcomeLink {
            href: urls::Query::default()
                .with("outcome", outcome.as_str())
                .url(&address),
            text: format!("{} {}", words::outcome(l, outcome).text, number(count)),
            current: asked == Some(outcome),
        }
    }));
    let line = |row: &RowView| ImportRowLine {
        line: row.line.to_string(),
        name: row.name.clone(),
        outcome: words::outcome(l, row.outcome),
        words: words::row(l, row),
    };
    let failures = found.failures.iter().take(FAILURES);
    let progress = l.t_args(
        "import-progress",
        &[
            ("done", number(found.position).as_str().into()),
            ("all", number(found.steps).as_str().into()),
        ],
    );
    let kind = words::kind(l, found.kind);
    Ok(ImportPage {
        problem,
        id: id.to_string(),
        title: l.ta("import-of", kind.as_str()),
        unit: found.unit_name,
        status: words::status(l, found.status),
        open: found.status == ImportStatus::Open,
        running: matches!(found.status, ImportStatus::Waiting | ImportStatus::Running),
        groups: found.kind == imports::ImportKind::Groups,
        digest: found.digest,
        wrong: match usize::try_from(counts.error) {
            Ok(0) | Err(_) => String::new(),
            Ok(errors) => l.tn("import-wrong", errors),
        },
        position: found.position,
        steps: found.steps,
        progress,
        outcomes,
        pager: lists::pager(visitor, &address, rows.items.len(), rows.next.as_deref()),
        rows: rows.items.iter().map(line).collect(),
        plans: found
            .plans
            .iter()
            .enumerate()
            .map(|(at, id)| Link {
                href: urls::plan(id),
                text: l.ta("import-plan", (at + 1).to_string().as_str()),
            })
            .collect(),
        failures: failures
            .map(|RowFailure { line, .. }| words::failure(l, *line))
            .collect(),
        failed: match found.error {
            Some(_) => l.t("import-failed"),
            None => String::new(),
        },
        f: visitor.frame(place(found.kind), "").await?,
    })
}
