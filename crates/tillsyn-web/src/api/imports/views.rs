//! Imports as the API shows them.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use tillsyn_core::Error;
use tillsyn_core::ids::ImportId;
use tillsyn_core::imports::{self, ImportKind, ImportView, RowView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A file of people, groups or units, and what became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Import {
    #[schema(format = "uuid")]
    id: String,
    /// Units in the file are named from here.
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    /// `people`, `groups` or `units`.
    kind: &'static str,
    /// `open` while it is only a preview, then `waiting`, `running`, `done`, `failed` or `cancelled`.
    status: &'static str,
    rows: ImportCounts,
    /// Of the preview; an import is carried out only while it would still do the same.
    digest: String,
    leave_out_errors: bool,
    replace_members: bool,
    /// Rows, and of groups groups, that are done.
    position: i64,
    /// How many there are; 0 before it is applied.
    steps: i64,
    /// Rows that were right in the preview and could not be carried out any more.
    failures: Vec<ImportFailure>,
    /// Plans that somebody has to look at before the rest is made.
    plans: Vec<String>,
    /// Why it failed as a whole.
    error: Option<String>,
    created_by: String,
    created_at: Time,
    applied_by: Option<String>,
    applied_at: Option<Time>,
    finished_at: Option<Time>,
}

/// How many rows do what.
#[derive(Serialize, ToSchema)]
struct ImportCounts {
    create: i64,
    change: i64,
    same: i64,
    error: i64,
}

/// A row that could not be carried out.
#[derive(Serialize, ToSchema)]
struct ImportFailure {
    line: u64,
    code: String,
}

impl From<ImportView> for Import {
    fn from(view: ImportView) -> Self {
        let failures = view.failures.into_iter().map(|failure| ImportFailure {
            line: failure.line,
            code: failure.code,
        });
        Self {
            id: view.id.to_string(),
            unit_id: view.unit_id,
            unit_name: view.unit_name,
            kind: view.kind.as_str(),
            status: view.status.as_str(),
            rows: ImportCounts {
                create: view.counts.create,
                change: view.counts.change,
                same: view.counts.same,
                error: view.counts.error,
            },
            digest: view.digest,
            leave_out_errors: view.leave_out,
            replace_members: view.replace_members,
            position: view.position,
            steps: view.steps,
            failures: failures.collect(),
            plans: view.plans,
            error: view.error,
            created_by: view.created_by,
            created_at: Time(view.created_at),
            applied_by: view.applied_by,
            applied_at: Time::option(view.applied_at),
            finished_at: Time::option(view.finished_at),
        }
    }
}

/// What one row of the file does.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ImportRow {
    /// Where it begins in the file, from 1.
    line: u64,
    /// What it is about, in the words of the file.
    name: String,
    /// `create`, `change`, `same` or `error`.
    outcome: &'static str,
    /// Columns that change something.
    fields: Vec<String>,
    errors: Vec<ImportRowError>,
}

/// Why a row cannot be used.
#[derive(Serialize, ToSchema)]
struct ImportRowError {
    /// `missing`, `length`, `email`, `language`, `status`, `unit`, `twice`, `taken`, `ambiguous`, `unknown`,
    /// `outside`, `deep`, `full` or `width`.
    code: String,
    /// The column; empty when the row as a whole is meant.
    field: String,
    found: String,
    /// What could stand there, the largest length, or the line that said it first.
    allowed: String,
}

impl From<RowView> for ImportRow {
    fn from(row: RowView) -> Self {
        let errors = row.errors.into_iter().map(|error| ImportRowError {
            code: error.code,
            field: error.field,
            found: error.found,
            allowed: error.allowed,
        });
        Self {
            line: row.line,
            name: row.name,
            outcome: row.outcome.as_str(),
            fields: row.fields,
            errors: errors.collect(),
        }
    }
}

/// The kind in a query.
pub(super) fn kind(text: &str) -> Result<ImportKind, Error> {
    ImportKind::parse(text).ok_or_else(|| {
        let text = "A file lists people, groups or units.";
        Error::invalid("kind", "import_kind", text)
    })
}

pub(super) fn import_id(text: &str) -> Option<ImportId> {
    ImportId::parse(text)
}

/// An answer that is a file.
pub(crate) fn csv_file(name: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}

/// The example file of a kind.
pub(crate) fn template_file(kind: ImportKind) -> Result<Response, Error> {
    let name = match kind {
        ImportKind::People => "attachment; filename=\"people.csv\"",
        ImportKind::Groups => "attachment; filename=\"groups.csv\"",
        ImportKind::Units => "attachment; filename=\"units.csv\"",
    };
    Ok(csv_file(name, imports::template(kind)?))
}

/// The name under which errors are saved.
pub(crate) const ERRORS: &str = "attachment; filename=\"import-errors.csv\"";
