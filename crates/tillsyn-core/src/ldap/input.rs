//! Settings as they are sent, and whether they can be.

use std::fmt;

use tillsyn_upstream::ldap::{Filter, Password, Server, Trust, is_attribute};
use zeroize::Zeroizing;

use super::mapping::{KEYS, MAPPED};
use super::settings::LdapSettings;
use crate::error::Error;
use crate::text;

const MAX_SERVERS: usize = 8;
const MAX_PEM: usize = 64 * 1024;

/// Settings to save or to try.
#[derive(Clone, Default)]
pub struct LdapInput {
    pub settings: LdapSettings,
    /// The password of the account that reads; `None` keeps the one that is there.
    pub password: Option<Zeroizing<String>>,
}

impl fmt::Debug for LdapInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LdapInput").finish_non_exhaustive()
    }
}

/// The same without spaces around, or what is wrong with it.
pub(super) fn checked(input: LdapInput) -> Result<LdapInput, Error> {
    let given = input.settings;
    let mut servers = Vec::new();
    for server in &given.servers {
        let server = server.trim().trim_end_matches('/');
        if server.is_empty() {
            continue;
        }
        if Server::parse(server).is_none() {
            return Err(Error::invalid(
                "servers",
                "ldap_server",
                "A server is written as ldaps://host or ldap://host, with a port where it is another one. \
                 ldap:// is always with StartTLS; without TLS no directory is asked.",
            ));
        }
        servers.push(server.to_owned());
    }
    if servers.is_empty() || servers.len() > MAX_SERVERS {
        return Err(Error::invalid(
            "servers",
            "ldap_servers",
            format!("Name 1 to {MAX_SERVERS} servers."),
        ));
    }
    let ca_pem = given
        .ca_pem
        .map(|pem| pem.trim().to_owned())
        .filter(|pem| !pem.is_empty());
    if let Some(pem) = &ca_pem
        && (pem.len() > MAX_PEM || Trust::new(Some(pem)).is_err())
    {
        return Err(Error::invalid(
            "ca_pem",
            "ldap_ca",
            "This is no certificate in PEM form.",
        ));
    }
    let bind_dn = text::required("bind_dn", &given.bind_dn, 500)?;
    let user_base = text::required("user_base", &given.user_base, 500)?;
    let group_base = text::optional("group_base", given.group_base, 500)?;
    let user_filter = filter("user_filter", given.user_filter, false)?;
    let login_filter = filter("login_filter", given.login_filter, true)?;
    let group_filter = filter("group_filter", given.group_filter, false)?;
    for (field, name) in &given.attributes {
        let known = MAPPED.contains(&field.as_str());
        let legal = match field.as_str() {
            "key" => KEYS.contains(&name.as_str()),
            "login" => is_attribute(name),
            _ => name.is_empty() || is_attribute(name),
        };
        if !known || !legal {
            return Err(Error::invalid(
                "attributes",
                "ldap_attributes",
                format!(
                    "Fields are {}; each is read from an attribute with a name of letters, digits and hyphens. \
                     The key is one of {}.",
                    MAPPED.join(", "),
                    KEYS.join(", ")
                ),
            ));
        }
    }
    let password_url = text::optional("password_url", given.password_url, 500)?;
    if password_url
        .as_ref()
        .is_some_and(|url| !url.starts_with("https://"))
    {
        return Err(Error::invalid(
            "password_url",
            "ldap_password_url",
            "The address begins with https://.",
        ));
    }
    if let Some(password) = &input.password
        && Password::new(password).is_none()
    {
        return Err(Error::invalid(
            "password",
            "ldap_password",
            "The password has 1 to 1,024 bytes. An empty one proves nothing and is never sent.",
        ));
    }
    Ok(LdapInput {
        settings: LdapSettings {
            servers,
            ca_pem,
            bind_dn,
            user_base,
            user_filter,
            login_filter,
            group_base,
            group_filter,
            attributes: given.attributes,
            signs_in: given.signs_in,
            password_url,
        },
        password: input.password,
    })
}

fn filter(
    field: &'static str,
    text: Option<String>,
    with_place: bool,
) -> Result<Option<String>, Error> {
    let Some(text) = text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    if let Err(error) = Filter::parse(&text, with_place.then_some("x")) {
        return Err(Error::invalid(
            field,
            "ldap_filter",
            format!("This is no filter: {error}."),
        ));
    }
    if with_place && !Filter::has_place(&text) {
        return Err(Error::invalid(
            field,
            "ldap_login_place",
            "The filter has to say where the login goes: {login}.",
        ));
    }
    Ok(Some(text))
}

/// Whether a password that is kept may be used with these settings: it goes only where it was given for.
pub(super) fn is_same_place(before: &LdapSettings, after: &LdapSettings) -> bool {
    before.servers == after.servers
        && before.ca_pem == after.ca_pem
        && before.bind_dn == after.bind_dn
}
