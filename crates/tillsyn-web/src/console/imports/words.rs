//! Outcomes, errors and columns in the person's words.

use tillsyn_core::Error;
use tillsyn_core::imports::{ImportKind, ImportStatus, Outcome, RowError, RowView};

use crate::i18n::Texts;
use crate::ui::{Status, Tone};

pub(super) fn kind(l: Texts, kind: ImportKind) -> String {
    match kind {
        ImportKind::People => l.t("nav-people"),
        ImportKind::Groups => l.t("nav-groups"),
        ImportKind::Units => l.t("nav-units"),
    }
}

pub(super) fn columns(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::People => "name, email, unit, language, status",
        ImportKind::Groups => "group, unit, description, serial_number, email",
        ImportKind::Units => "path",
    }
}

pub(in crate::console) fn status(l: Texts, status: ImportStatus) -> Status {
    match status {
        ImportStatus::Open => Status::new(Tone::Info, "arrow", l.t("import-status-open")),
        ImportStatus::Waiting => Status::new(Tone::Info, "clock", l.t("import-status-waiting")),
        ImportStatus::Running => Status::new(Tone::Info, "refresh", l.t("import-status-running")),
        ImportStatus::Done => Status::new(Tone::Ok, "check", l.t("import-status-done")),
        ImportStatus::Failed => Status::new(Tone::Bad, "fail", l.t("import-status-failed")),
        ImportStatus::Cancelled => Status::new(Tone::Idle, "dash", l.t("import-status-cancelled")),
    }
}

pub(in crate::console) fn outcome(l: Texts, outcome: Outcome) -> Status {
    match outcome {
        Outcome::Create => Status::new(Tone::Ok, "check", l.t("import-outcome-create")),
        Outcome::Change => Status::new(Tone::Info, "arrow", l.t("import-outcome-change")),
        Outcome::Same => Status::new(Tone::Idle, "dash", l.t("import-outcome-same")),
        Outcome::Error => Status::new(Tone::Bad, "fail", l.t("import-outcome-error")),
    }
}

/// What a row changes, or why it cannot be used.
pub(super) fn row(l: Texts, row: &RowView) -> Vec<String> {
    if row.outcome == Outcome::Error {
        return row.errors.iter().map(|found| error(l, found)).collect();
    }
    row.fields.iter().map(|field| column(l, field)).collect()
}

fn column(l: Texts, field: &str) -> String {
    match field {
        "email" => l.t("person-email"),
        "unit" => l.t("org-unit"),
        "language" => l.t("import-column-language"),
        "status" => l.t("status"),
        "description" => l.t("group-description"),
        "serial_number" => l.t("serial"),
        "path" => l.t("import-column-path"),
        "group" => l.t("group"),
        _ => l.t("name"),
    }
}

/// One error, with what was found and what could stand there.
pub(in crate::console) fn error(l: Texts, error: &RowError) -> String {
    let (found, allowed) = (error.found.as_str(), error.allowed.as_str());
    let both = [("found", found.into()), ("allowed", allowed.into())];
    let text = match error.code.as_str() {
        "missing" => l.t("import-error-missing"),
        "length" => l.ta("import-error-length", allowed),
        "email" => l.ta("import-error-email", found),
        "language" => l.t_args("import-error-language", &both),
        "status" => l.t_args("import-error-status", &both),
        "unit" if allowed.is_empty() => l.ta("import-error-unit", found),
        "unit" => l.t_args("import-error-unit-of", &both),
        "twice" => l.ta("import-error-twice", allowed),
        "taken" => l.ta("import-error-taken", found),
        "ambiguous" => l.ta("import-error-ambiguous", found),
        "unknown" => l.ta("import-error-unknown", found),
        "outside" => l.ta("import-error-outside", found),
        "deep" => l.ta("import-error-deep", allowed),
        "full" => l.ta("import-error-full", allowed),
        _ => l.ta("import-error-width", allowed),
    };
    if error.field.is_empty() {
        text
    } else {
        format!("{}: {text}", column(l, &error.field))
    }
}

/// A row that could not be carried out any more. Its code is one of those above, or of the change itself.
pub(super) fn failure(l: Texts, line: u64) -> String {
    l.ta("import-failed-line", line.to_string().as_str())
}

/// Why a file was not taken, or an import not begun; `None` for what has a page of its own.
pub(in crate::console) fn problem(l: Texts, error: &Error) -> Option<String> {
    let data = error.data.clone().unwrap_or_default();
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    Some(match error.code {
        "import_large" => l.t("import-problem-large"),
        "import_encoding" => l.t("import-problem-encoding"),
        "import_csv" => l.t("import-problem-csv"),
        "import_rows" => l.t("import-problem-rows"),
        "import_empty" => l.t("import-problem-empty"),
        "import_header" => {
            let column = text("column");
            let allowed = data["allowed"].as_array().map(Vec::as_slice);
            let allowed: Vec<&str> = allowed
                .unwrap_or_default()
                .iter()
                .filter_map(serde_json::Value::as_str)
                .collect();
            let allowed = allowed.join(", ");
            let both = [
                ("found", column.as_str().into()),
                ("allowed", allowed.as_str().into()),
            ];
            l.t_args("import-problem-header", &both)
        }
        "import_kind" => l.t("import-problem-kind"),
        "import_overtaken" => l.t("import-problem-overtaken"),
        "import_errors" => l.t("import-problem-errors"),
        "import_over" => l.t("import-problem-over"),
        _ => return None,
    })
}
