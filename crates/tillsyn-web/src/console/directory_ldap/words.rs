//! What directories answer, in words.

use tillsyn_core::{Error, Kind};

use crate::console::failure::Failure;
use crate::console::organisation::Problem;
use crate::console::words::FieldError;
use crate::i18n::Texts;

/// Why a directory cannot be read, and what to do.
pub(in crate::console) fn why(l: Texts, code: &str) -> String {
    match code {
        "ldap_unreachable" => l.t("ldap-why-unreachable"),
        "ldap_timeout" => l.t("ldap-why-timeout"),
        "ldap_tls" => l.t("ldap-why-tls"),
        "ldap_clear_text" => l.t("ldap-why-clear"),
        "ldap_credentials" => l.t("ldap-why-credentials"),
        "ldap_base" => l.t("ldap-why-base"),
        "ldap_access" => l.t("ldap-why-access"),
        "ldap_limit" => l.t("ldap-why-limit"),
        "ldap_no_paging" => l.t("ldap-why-paging"),
        "ldap_referral" => l.t("ldap-why-referral"),
        "ldap_no_key" => l.t("ldap-why-key"),
        "ldap_nobody" => l.t("ldap-why-nobody"),
        "ldap_busy" => l.t("ldap-why-busy"),
        "ldap_too_large" => l.t("ldap-why-large"),
        "ldap_settings" => l.t("ldap-why-settings"),
        _ => l.t("ldap-why-other"),
    }
}

/// What a page shows of a refusal.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) problem: Problem,
    pub(super) password_error: String,
}

/// The words for a refusal that the form's page shows; every other error has a page of its own.
pub(super) fn shown(l: Texts, error: Error) -> Result<Shown, Failure> {
    let text = match (error.code, error.field) {
        ("ldap_password_again", _) => l.t("ldap-problem-password-again"),
        ("ldap_password", _) => l.t("ldap-problem-password"),
        ("ldap_server" | "ldap_servers", _) => l.t("ldap-problem-server"),
        ("ldap_ca", _) => l.t("ldap-problem-ca"),
        ("ldap_filter", _) => l.t("ldap-problem-filter"),
        ("ldap_login_place", _) => l.t("ldap-problem-place"),
        ("ldap_attributes", _) => l.t("ldap-problem-attributes"),
        ("ldap_key_fixed", _) => l.t("ldap-problem-key"),
        ("ldap_password_url", _) => l.t("ldap-problem-url"),
        (_, Some("password")) if error.kind == Kind::Invalid => {
            return Ok(Shown {
                password_error: FieldError::PasswordWrong.text(l),
                ..Shown::default()
            });
        }
        (_, Some(_)) => l.t("problem-text"),
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

pub(super) fn product(l: Texts, product: Option<&str>) -> String {
    match product {
        Some("active_directory") => "Active Directory".to_owned(),
        Some("openldap") => "OpenLDAP".to_owned(),
        Some(_) => l.t("ldap-product-other"),
        None => String::new(),
    }
}
