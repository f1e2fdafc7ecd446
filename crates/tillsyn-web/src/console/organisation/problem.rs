//! Why something was not done, in the person's words.

use serde_json::Value as Json;
use tillsyn_core::{Error, Kind};

use super::page::Problem;
use crate::console::failure::Failure;
use crate::console::words::FieldError;
use crate::i18n::Texts;
use crate::ui::urls;

/// The words for a refusal that the form's page shows; every other error has a page of its own.
pub(super) fn problem(l: Texts, error: Error) -> Result<Problem, Failure> {
    let text = match (error.kind, error.code) {
        (Kind::Conflict, "unit_name_taken") => l.t("problem-unit-name"),
        (Kind::Conflict, "unit_below_itself") => l.t("problem-unit-itself"),
        (Kind::Conflict, "unit_is_root") => l.t("problem-unit-root"),
        (Kind::Conflict, "unit_too_deep") => l.t("problem-unit-deep"),
        (Kind::Conflict, "unit_not_empty") => l.t("problem-unit-full"),
        (Kind::Conflict, "group_name_taken") => l.t("problem-group-name"),
        (Kind::Conflict, "group_assigned") => l.t("problem-group-assigned"),
        (Kind::Conflict, "group_of_directory") => l.t("problem-group-directory"),
        (Kind::Conflict, "field_of_directory") => l.t("problem-field-directory"),
        (Kind::Conflict, "email_taken") => l.t("problem-email"),
        (Kind::Conflict, "person_inactive") => l.t("invitation-person-inactive"),
        (Kind::Conflict, "password_elsewhere") => l.t("refusal-password-elsewhere"),
        (Kind::Conflict, "person_no_email") => l.t("refusal-person-no-email"),
        (Kind::Conflict, "mail_not_set") => l.t("refusal-mail-not-set"),
        (Kind::Conflict, "legal_hold") => l.t("problem-erase-hold"),
        (Kind::Conflict, "person_has_devices") => l.t("problem-erase-devices"),
        (Kind::Conflict, "person_has_account") => l.t("problem-erase-account"),
        (Kind::Conflict, "person_account_beyond") => l.t("problem-erase-beyond"),
        (Kind::Invalid, "confirmation") => l.t("problem-erase-typed"),
        (Kind::Conflict, "plan_required") => l.t("problem-plan"),
        (Kind::Invalid, "members_unknown") => l.t("problem-members-unknown"),
        (Kind::Invalid, "members_outside") => l.t("problem-members-outside"),
        (Kind::Invalid, "members_many") => l.t("problem-members-many"),
        (Kind::Invalid, "devices_many" | "people_many") => l.t("problem-move-many"),
        (Kind::Invalid, "text_missing") => FieldError::Required.text(l),
        (Kind::Invalid, "text_length") => l.t("problem-text"),
        (Kind::Invalid, "email") => FieldError::MailAddress.text(l),
        _ => return Err(error.into()),
    };
    let data = error.data.as_ref();
    let plan = data.and_then(|data| data["plan_id"].as_str());
    Ok(Problem {
        text,
        list: lines(l, data),
        plan: plan.map(urls::plan).unwrap_or_default(),
    })
}

fn lines(l: Texts, data: Option<&Json>) -> Vec<String> {
    let Some(data) = data else {
        return Vec::new();
    };
    if let Some(names) = data["unknown"].as_array() {
        return names
            .iter()
            .filter_map(Json::as_str)
            .map(str::to_owned)
            .collect();
    }
    if let Some(assignments) = data["assignments"].as_array() {
        let name = |item: &Json| item["name"].as_str().map(str::to_owned);
        return assignments.iter().filter_map(name).collect();
    }
    let Some(contents) = data["contents"].as_object() else {
        return Vec::new();
    };
    let line = |(what, count): (&String, &Json)| {
        let count = count.as_i64().filter(|count| *count > 0)?;
        let name = match what.as_str() {
            "units" => l.t("nav-units"),
            "devices" => l.t("nav-devices"),
            "people" => l.t("nav-people"),
            "groups" => l.t("nav-groups"),
            "accounts" => l.t("contents-accounts"),
            "invitations" => l.t("nav-invitations"),
            "profiles" => l.t("contents-profiles"),
            "assignments" => l.t("group-assignments"),
            _ => l.t("contents-certificates"),
        };
        Some(format!("{name}: {count}"))
    };
    contents.iter().filter_map(line).collect()
}

/// A count as the page prints it.
pub(super) fn number(l: Texts, count: i64) -> String {
    l.number(u64::try_from(count).unwrap_or(0))
}
