//! `/console/audit/settings`: how long events are kept, and legal holds.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::audit::{self, AuditSettings, LegalHold};
use tillsyn_core::{Error, Kind};

use super::page::{AuditSettingsPage, HoldRow};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::organisation::Problem;
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

#[derive(Default, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    days: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn settings_page(visitor: Visitor) -> Result<Response, Failure> {
    let shown = shown(&visitor, Fields::default(), Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn shown(
    visitor: &Visitor,
    fields: Fields,
    problem: Problem,
) -> Result<AuditSettingsPage, Failure> {
    let (core, actor) = (visitor.core(), visitor.actor());
    let holds = audit::list_holds(core, actor).await?;
    let settings = audit::audit_settings(core, actor).await?;
    let row = |hold: &LegalHold| HoldRow {
        subject: hold.subject_id.clone().unwrap_or_default(),
        reason: hold.reason.clone(),
        placed: visitor.texts.moment(hold.created_at, &visitor.zone),
        ended: hold
            .ended_at
            .map(|at| visitor.texts.moment(at, &visitor.zone)),
        end: if hold.ended_at.is_none() {
            urls::audit_hold_end(&hold.id)
        } else {
            String::new()
        },
    };
    Ok(AuditSettingsPage {
        problem,
        days: if fields.days.is_empty() {
            settings.retention_days.to_string()
        } else {
            fields.days
        },
        holds: holds.iter().map(row).collect(),
        subject: fields.subject,
        reason: fields.reason,
        f: visitor.frame(Place::Audit, "").await?,
    })
}

fn problem(l: Texts, error: Error) -> Result<Problem, Failure> {
    let text = match (error.kind, error.code) {
        (Kind::Invalid, "retention_days") => l.t("audit-days-wrong"),
        (Kind::Invalid, "hold_subject") => l.t("audit-hold-unknown"),
        (Kind::Invalid, "text_missing") => FieldError::Required.text(l),
        (Kind::Invalid, "text_length") => l.t("problem-text"),
        _ => return Err(error.into()),
    };
    Ok(Problem {
        text,
        ..Problem::default()
    })
}

async fn settle(
    visitor: Visitor,
    fields: Fields,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(go(visitor.state(), urls::AUDIT_SETTINGS, Told::Saved)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let problem = problem(visitor.texts, error)?;
            let visitor = visitor.at(urls::AUDIT_SETTINGS.to_owned());
            Ok(page(status, &shown(&visitor, fields, problem).await?))
        }
    }
}

pub(crate) async fn change_settings(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let new = AuditSettings {
        retention_days: fields.days.trim().parse().unwrap_or(0),
    };
    let done = audit::set_audit_settings(visitor.core(), visitor.actor(), new).await;
    settle(visitor, fields, done).await
}

pub(crate) async fn place_hold(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let subject = Some(fields.subject.clone());
    let done = audit::place_hold(visitor.core(), visitor.actor(), subject, &fields.reason).await;
    settle(visitor, fields, done.map(drop)).await
}

pub(crate) async fn end_hold(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let done = audit::end_hold(visitor.core(), visitor.actor(), &id).await;
    settle(visitor, fields, done).await
}
