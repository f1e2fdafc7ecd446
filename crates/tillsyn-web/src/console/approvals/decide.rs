//! `POST /console/approvals/{id}/approve`, `…/decline` and `…/cancel`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::approvals::{self, ApprovalView};
use tillsyn_core::ids::ApprovalId;
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::show::{ApprovalPage, DecideForm, approval_id, built};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn approve(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    decide(&id, form, true).await
}

pub(crate) async fn decline(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    decide(&id, form, false).await
}

async fn decide(id: &str, form: Filled<Fields>, yes: bool) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let id = approval_id(id)?;
    approvals::find(visitor.core(), visitor.actor(), &id).await?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => call(&visitor, &id, &fields.reason, yes).await,
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(_) if yes => return Ok(go(visitor.state(), urls::APPROVALS, Told::Approved)),
        Ok(_) => return Ok(go(visitor.state(), urls::APPROVALS, Told::Declined)),
        Err(error) => error,
    };
    let visitor = visitor.at(urls::approval(id.as_str()));
    let found = approvals::find(visitor.core(), visitor.actor(), &id).await?;
    let mut shown = built(&visitor, found).await?;
    if !explain(visitor.texts, &error, &mut shown) {
        return Err(error.into());
    }
    if let Some(form) = shown.form.as_mut() {
        form.reason = fields.reason;
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn call(
    visitor: &Visitor,
    id: &ApprovalId,
    reason: &str,
    yes: bool,
) -> Result<ApprovalView, Error> {
    let (core, actor) = (visitor.core(), visitor.actor());
    if yes {
        approvals::approve(core, actor, id, Some(reason)).await
    } else {
        approvals::decline(core, actor, id, reason).await
    }
}

/// Puts what went wrong where it belongs on the page; false for what has a page of its own.
fn explain(l: Texts, error: &Error, shown: &mut ApprovalPage) -> bool {
    let field = |form: &mut DecideForm| match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => {
            form.password = true;
            form.password_error = FieldError::PasswordWrong.text(l);
            true
        }
        (Kind::FreshSignInNeeded, _) => {
            form.password = true;
            form.password_error = FieldError::Required.text(l);
            true
        }
        (Kind::Invalid, Some("reason")) => {
            form.reason_error = l.t("approval-reason-missing");
            true
        }
        _ => false,
    };
    if shown.form.as_mut().is_some_and(field) {
        return true;
    }
    shown.problem = match error.code {
        "approval_overtaken" | "plan_overtaken" => l.t("approval-problem-overtaken"),
        "approval_over" | "plan_over" => l.t("approval-problem-over"),
        "second_person_needed" => l.t("approval-cannot-own"),
        "account_new" => l.t("approval-cannot-new"),
        "one_hand" => l.t("approval-cannot-hand"),
        "platform_scope" => l.t("approval-cannot-platform"),
        "frozen" => l.t("approval-problem-frozen"),
        _ => return false,
    };
    true
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// Takes a request back.
pub(crate) async fn cancel(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = approval_id(&id)?;
    approvals::cancel(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(visitor.state(), urls::APPROVALS, Told::Withdrawn))
}
