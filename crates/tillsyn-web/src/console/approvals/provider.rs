//! A change of an identity provider in words: all of a new one, of another what differs; always what groups get.

use serde_json::Value as Json;

use super::show::FactLine;
use crate::console::words;
use crate::i18n::Texts;

pub(super) fn facts(l: Texts, facts: &Json) -> Vec<FactLine> {
    let line = |label: String, value: String| FactLine { label, value };
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let gives = facts["gives"].as_array().into_iter().flatten();
    let gives = gives.map(|one| {
        let role = words::role(l, &text(&one["role"]), &text(&one["role_name"]));
        let unit = text(&one["unit_name"]);
        line(text(&one["group"]), format!("{role} · {unit}"))
    });
    let settings = [
        ("name", l.t("name")),
        ("issuer", l.t("providers-issuer")),
        ("client_id", l.t("providers-client")),
        ("scopes", l.t("providers-scopes")),
        ("groups_claim", l.t("providers-claim")),
        ("enabled", l.t("providers-enabled")),
        ("links_existing", l.t("providers-links")),
        ("people", l.t("providers-people")),
        ("makes_people_in", l.t("providers-people-in")),
        ("trusts_second_factor", l.t("providers-factor")),
        ("second_factor_values", l.t("providers-factor-values")),
        ("algorithms", l.t("providers-algorithms")),
        ("hosts", l.t("providers-hosts")),
    ];
    let (before, after) = (&facts["before"], &facts["after"]);
    let settings = settings.into_iter().filter_map(|(name, label)| {
        let is = value(l, &after[name]);
        match &before[name] {
            Json::Null if after[name].is_null() => None,
            Json::Null => Some(line(label, is)),
            was if *was == after[name] => None,
            was => Some(line(label, format!("{} → {is}", value(l, was)))),
        }
    });
    let redirect = line(l.t("providers-redirect"), text(&facts["redirect_uri"]));
    settings.chain(gives).chain([redirect]).collect()
}

fn value(l: Texts, value: &Json) -> String {
    match value {
        Json::Bool(true) => l.t("yes"),
        Json::Bool(false) => l.t("no"),
        Json::String(text) => text.clone(),
        Json::Array(words) => {
            let words = words.iter().filter_map(Json::as_str);
            words.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}
