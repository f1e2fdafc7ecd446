//! `POST /console/plans/{id}/apply` and `…/cancel`.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::plans::{self, Approval, Change, PlanStatus, PlanView};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::plan::{PlanForm, PlanPage, built, plan_id};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::Told;
use crate::console::undo::{Undo, go_undo};
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirm: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// Carries the plan out, asks for a second person, or is that person.
pub(crate) async fn apply(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let id = plan_id(&id)?;
    plans::find(visitor.core(), visitor.actor(), &id).await?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let approval = Approval {
                reason: Some(fields.reason.clone()),
                confirm: Some(fields.confirm.clone()),
            };
            plans::apply(visitor.core(), visitor.actor(), &id, approval).await
        }
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(plan) => {
            let to = urls::plan(plan.id.as_str());
            return Ok(match undo(&plan) {
                Some(undo) => go_undo(visitor.state(), &to, Told::ProfileArchived, Some(&undo)),
                None => Redirect::to(&to).into_response(),
            });
        }
        Err(error) => error,
    };
    let visitor = visitor.at(urls::plan(id.as_str()));
    let plan = plans::find(visitor.core(), visitor.actor(), &id).await?;
    let mut shown = built(&visitor, &plan).await?;
    if !explain(visitor.texts, &error, &mut shown) {
        return Err(error.into());
    }
    if let Some(form) = shown.form.as_mut() {
        form.reason = fields.reason;
        form.confirm = fields.confirm;
    }
    Ok(page(AppError::from(error).status(), &shown))
}

/// Of a plan that is carried out and has an inverse.
fn undo(plan: &PlanView) -> Option<Undo> {
    match (&plan.change, plan.status) {
        (Change::ArchiveProfile { profile_id }, PlanStatus::Applied) => {
            Some(Undo::Archived(ProfileId::parse(profile_id)?))
        }
        _ => None,
    }
}

/// Puts what went wrong where it belongs on the page; false for what has a page of its own.
fn explain(l: Texts, error: &Error, shown: &mut PlanPage) -> bool {
    let field = |form: &mut PlanForm| match (error.kind, error.field) {
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
            form.reason_error = FieldError::Required.text(l);
            true
        }
        (Kind::Invalid, Some("confirm")) => {
            form.confirm_error = l.t("plan-confirm-wrong");
            true
        }
        _ => false,
    };
    if shown.form.as_mut().is_some_and(field) {
        return true;
    }
    shown.problem = match error.code {
        "plan_overtaken" => {
            let data = error.data.as_ref();
            let newer = data.and_then(|data| data["plan_id"].as_str());
            shown.newer = newer.map(urls::plan).unwrap_or_default();
            if newer.is_some() {
                l.t("plan-problem-overtaken")
            } else {
                l.t("plan-problem-impossible")
            }
        }
        "plan_over" => l.t("plan-problem-over"),
        "second_person_needed" => l.t("plan-problem-second"),
        "account_new" => l.t("plan-problem-new"),
        "one_hand" => l.t("approval-cannot-hand"),
        "platform_scope" => l.t("approval-cannot-platform"),
        _ => return false,
    };
    true
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// Takes it back.
pub(crate) async fn cancel(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let plan = plans::cancel(visitor.core(), visitor.actor(), &plan_id(&id)?).await?;
    Ok(Redirect::to(&urls::plan(plan.id.as_str())).into_response())
}
