//! The form, in and out.

use tillsyn_core::ldap::{LdapInput, LdapSettings, LdapView};
use zeroize::Zeroizing;

use super::page::LdapForm;

/// What was typed.
pub(super) struct Fields {
    pub(super) input: LdapInput,
    pub(super) password: Zeroizing<String>,
}

impl Fields {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut settings = LdapSettings::default();
        let mut bind_password = None;
        let mut password = Zeroizing::new(String::new());
        let some = |text: String| (!text.trim().is_empty()).then_some(text);
        for (name, value) in pairs {
            match name.as_str() {
                "servers" => {
                    settings.servers = value.split_whitespace().map(str::to_owned).collect();
                }
                "ca_pem" => settings.ca_pem = some(value),
                "bind_dn" => settings.bind_dn = value,
                // An empty field keeps the one that is there.
                "bind_password" if !value.is_empty() => {
                    bind_password = Some(Zeroizing::new(value));
                }
                "user_base" => settings.user_base = value,
                "user_filter" => settings.user_filter = some(value),
                "login_filter" => settings.login_filter = some(value),
                "group_base" => settings.group_base = some(value),
                "group_filter" => settings.group_filter = some(value),
                "attributes" => {
                    let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
                    settings.attributes = lines
                        .map(|line| {
                            let (field, name) = line.split_once('=').unwrap_or((line, "?"));
                            (field.trim().to_owned(), name.trim().to_owned())
                        })
                        .collect();
                }
                "signs_in" => settings.signs_in = true,
                "password_url" => settings.password_url = some(value),
                "password" => password = Zeroizing::new(value),
                _ => {}
            }
        }
        Self {
            input: LdapInput {
                settings,
                password: bind_password,
            },
            password,
        }
    }
}

pub(super) fn form(settings: &LdapSettings, found: Option<&LdapView>) -> LdapForm {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let lines = settings
        .attributes
        .iter()
        .map(|(field, name)| format!("{field}={name}"));
    LdapForm {
        servers: settings.servers.join("\n"),
        ca_pem: text(&settings.ca_pem),
        bind_dn: settings.bind_dn.clone(),
        has_password: found.is_some(),
        user_base: settings.user_base.clone(),
        user_filter: text(&settings.user_filter),
        login_filter: text(&settings.login_filter),
        group_base: text(&settings.group_base),
        group_filter: text(&settings.group_filter),
        attributes: lines.collect::<Vec<_>>().join("\n"),
        signs_in: settings.signs_in,
        password_url: text(&settings.password_url),
    }
}
