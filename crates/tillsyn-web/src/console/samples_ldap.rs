//! Samples of the page about an LDAP directory.

use super::directory_ldap::{
    DirectoryLdapPage, LdapForm, LdapStateCard, LdapTrialCard, PreviewRow,
};
use super::frame::Place;
use super::organisation::Problem;
use super::samples::frame;
use crate::i18n::Texts;
use crate::ui::{Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c88";

impl Sample for DirectoryLdapPage {
    const NAME: &'static str = "directory-ldap";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |form: LdapForm, state: Option<LdapStateCard>| Self {
            f: frame(l, Place::Directories, &urls::directory_ldap(ID)),
            id: ID.to_owned(),
            name: "Norrvik LDAP".to_owned(),
            problem: Problem::default(),
            trial: None,
            state,
            form,
            password: false,
            password_error: String::new(),
        };
        let form = LdapForm {
            servers: "ldaps://ldap1.norrvik.example\nldaps://ldap2.norrvik.example".to_owned(),
            bind_dn: "cn=tillsyn,ou=services,dc=norrvik,dc=example".to_owned(),
            has_password: true,
            user_base: "ou=people,dc=norrvik,dc=example".to_owned(),
            group_base: "ou=groups,dc=norrvik,dc=example".to_owned(),
            signs_in: true,
            password_url: "https://password.norrvik.example".to_owned(),
            ..LdapForm::default()
        };
        let state = |problem: String| LdapStateCard {
            product: "OpenLDAP".to_owned(),
            problem,
            last: None,
            last_full: None,
            people: "1204".to_owned(),
            groups: "86".to_owned(),
            references: "2".to_owned(),
            running: false,
        };
        let tried = |good: bool, text: String| LdapTrialCard {
            good,
            text,
            told: String::new(),
            signed_in_as: "dn:cn=tillsyn,ou=services,dc=norrvik,dc=example".to_owned(),
            contexts: "dc=norrvik,dc=example".to_owned(),
            people: vec![PreviewRow {
                login: "maja".to_owned(),
                name: "Maja Lund".to_owned(),
                email: "maja@norrvik.example".to_owned(),
                active: good,
            }],
            more_people: good,
            groups: "staff · teachers".to_owned(),
            more_groups: false,
        };
        let mut good = page(form.clone(), Some(state(String::new())));
        good.trial = Some(tried(true, l.ta("ldap-trial-good", "OpenLDAP")));
        let mut bad = page(form.clone(), Some(state(l.t("ldap-why-limit"))));
        bad.trial = Some(tried(false, l.t("ldap-why-key")));
        let mut refused = page(LdapForm::default(), None);
        refused.problem.text = l.t("ldap-problem-password-again");
        refused.password = true;
        vec![
            ("new", page(LdapForm::default(), None)),
            ("set", page(form, Some(state(String::new())))),
            ("tried", good),
            ("failed", bad),
            ("refused", refused),
        ]
    }
}
