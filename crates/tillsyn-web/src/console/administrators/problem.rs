//! Why something was not done, in the person's words.

use tillsyn_core::{Error, Kind};

use crate::console::failure::Failure;
use crate::console::organisation::Problem;
use crate::console::words::FieldError;
use crate::i18n::Texts;

/// What the page shows of a refusal.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) problem: Problem,
    pub(super) password_error: String,
}

/// The words for a refusal that the form's page shows; every other error has a page of its own.
pub(super) fn shown(l: Texts, error: Error) -> Result<Shown, Failure> {
    if error.field == Some("password") && error.kind == Kind::Invalid {
        return Ok(Shown {
            password_error: FieldError::PasswordWrong.text(l),
            ..Shown::default()
        });
    }
    let text = match error.code {
        "email_taken" => l.t("administrators-email-taken"),
        "email" => FieldError::MailAddress.text(l),
        "role_unknown" => l.t("administrators-role-unknown"),
        "permission_not_held" => l.t("administrators-not-held"),
        "platform_beyond" | "platform_unknown" => l.t("administrators-platform"),
        "last_owner" => l.t("administrators-last-owner"),
        "account_opened" => l.t("administrators-opened"),
        "account_is_service" => l.t("administrators-is-service"),
        "permissions_empty" => l.t("token-permissions-none"),
        "role_name_taken" => l.t("roles-name-taken"),
        "role_in_use" => l.t("roles-in-use"),
        "role_built_in" => l.t("roles-built-in-fixed"),
        "role_above" => l.t("roles-above"),
        "roles_many" => l.t("roles-many"),
        "approval_waiting" => l.t("administrators-waits"),
        "reason_missing" => l.t("administrators-reason-missing"),
        "text_missing" => FieldError::Required.text(l),
        "text_length" => l.t("problem-text"),
        _ => return Err(error.into()),
    };
    Ok(Shown {
        problem: Problem {
            text,
            ..Problem::default()
        },
        ..Shown::default()
    })
}
