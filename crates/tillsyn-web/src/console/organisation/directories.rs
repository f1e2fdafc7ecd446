//! What directories say of a person, on the person's page.

use tillsyn_core::directory::{Disagreement, PersonDirectory, directories_of_person};
use tillsyn_core::ids::PersonId;

use super::page::{DirectoryOfPerson, FieldOfDirectories, PersonDirectories};
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::i18n::Texts;
use crate::ui::{Status, Tone};

pub(super) async fn directories_of(
    visitor: &Visitor,
    id: &PersonId,
) -> Result<PersonDirectories, Failure> {
    let (known, differ) = directories_of_person(visitor.core(), visitor.actor(), id).await?;
    Ok(PersonDirectories {
        known: known.iter().map(|one| row(visitor, one)).collect(),
        differ: differ.iter().map(|one| field(visitor.texts, one)).collect(),
    })
}

fn row(visitor: &Visitor, one: &PersonDirectory) -> DirectoryOfPerson {
    let l = visitor.texts;
    let link = &one.link;
    let ago = |at: i64| l.ago(at, &visitor.zone).text;
    let seen = match (one.seen_at, link.missing_since) {
        (Some(at), _) => l.ta("person-directory-seen", ago(at).as_str()),
        (None, Some(at)) => l.ta("person-directory-missing", ago(at).as_str()),
        (None, None) => String::new(),
    };
    DirectoryOfPerson {
        name: link.source_name.clone(),
        known_as: known_as(
            link.login.as_deref(),
            link.external_id.as_deref(),
            &link.external_key,
        ),
        status: standing(l, &link.state),
        seen,
    }
}

/// What one signs in with there, else what the client calls them, else the directory's own key.
fn known_as(login: Option<&str>, external: Option<&str>, key: &str) -> String {
    login.or(external).unwrap_or(key).to_owned()
}

pub(in crate::console) fn standing(l: Texts, state: &str) -> Status {
    match state {
        "active" => Status::new(Tone::Ok, "check", l.t("person-directory-active")),
        "leaving" => Status::new(Tone::Warn, "alert", l.t("directory-leaving")),
        _ => Status::new(Tone::Warn, "alert", l.t("directory-suspended")),
    }
}

fn field(l: Texts, one: &Disagreement) -> FieldOfDirectories {
    let said = one.said.iter().map(|(name, value)| {
        let value = value
            .clone()
            .unwrap_or_else(|| l.t("person-directory-empty"));
        (name.clone(), value)
    });
    FieldOfDirectories {
        field: label(l, one.field),
        said: said.collect(),
    }
}

pub(in crate::console) fn label(l: Texts, field: &str) -> String {
    match field {
        "name" => l.t("name"),
        "email" => l.t("person-email"),
        "language" => l.t("language"),
        "given_name" => l.t("person-directory-given-name"),
        "family_name" => l.t("person-directory-family-name"),
        "department" => l.t("person-directory-department"),
        "title" => l.t("person-directory-title"),
        "employee_number" => l.t("person-directory-employee-number"),
        _ => l.t("person-directory-manager"),
    }
}
