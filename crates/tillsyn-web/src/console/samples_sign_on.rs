//! Samples of the pages about identity providers.

use super::frame::Place;
use super::identity_providers::{
    IdentityProviderPage, IdentityProvidersPage, MappingRow, ProviderForm, ProviderRow,
};
use super::organisation::Problem;
use super::samples::frame;
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";

fn choice(value: &str, text: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        text: text.to_owned(),
        chosen: true,
    }
}

impl Sample for IdentityProvidersPage {
    const NAME: &'static str = "identity-providers";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |rows: Vec<ProviderRow>| Self {
            f: frame(l, Place::SignOn, urls::IDENTITY_PROVIDERS),
            rows,
        };
        let row = |enabled: bool| ProviderRow {
            href: urls::identity_provider(ID),
            name: "Norrvik ID".to_owned(),
            issuer: "https://id.norrvik.example/realms/staff".to_owned(),
            groups: 2,
            enabled,
        };
        vec![
            ("list", page(vec![row(true), row(false)])),
            ("none", page(Vec::new())),
        ]
    }
}

impl Sample for IdentityProviderPage {
    const NAME: &'static str = "identity-provider";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |number: usize, group: &str| MappingRow {
            number,
            group: group.to_owned(),
            roles: vec![choice("help_desk", "Help desk")],
            units: vec![choice(ID, "Norrvik University")],
        };
        let page = |id: &str, problem: String, report: String| Self {
            f: frame(l, Place::SignOn, &urls::identity_provider(ID)),
            id: id.to_owned(),
            title: "Norrvik ID".to_owned(),
            problem: Problem {
                text: problem,
                ..Problem::default()
            },
            report_good: !report.is_empty(),
            report,
            redirect_uri: if id.is_empty() {
                String::new()
            } else {
                format!("https://mdm.norrvik.example/console/sign-in/provider/{id}/back")
            },
            portal_redirect_uri: "https://mdm.norrvik.example/portal/sign-in/provider/p1/back"
                .to_owned(),
            form: ProviderForm {
                name: "Norrvik ID".to_owned(),
                issuer: "https://id.norrvik.example/realms/staff".to_owned(),
                client_id: "tillsyn".to_owned(),
                has_secret: !id.is_empty(),
                scopes: "openid email profile".to_owned(),
                algorithms: vec![choice("RS256", "RS256")],
                groups_claim: "groups".to_owned(),
                second_factor_values: "mfa".to_owned(),
                enabled: true,
                people: !id.is_empty(),
                people_units: vec![choice("", "-")],
                mappings: vec![row(1, "it-desk"), row(2, "")],
                ..ProviderForm::default()
            },
            password: id.is_empty(),
            password_error: String::new(),
        };
        vec![
            ("new", page("", String::new(), String::new())),
            (
                "tried",
                page(ID, String::new(), l.tn("providers-usable", 2)),
            ),
            (
                "known",
                page(ID, l.t("providers-issuer-known"), String::new()),
            ),
        ]
    }
}
