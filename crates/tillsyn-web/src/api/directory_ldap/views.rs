//! LDAP settings as the API shows and takes them: never with the password.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tillsyn_core::ldap::{LdapInput, LdapSettings, LdapView, Preview, Trial};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::api::time::Time;

/// How an LDAP directory is reached and read, and how the last run went.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryLdap {
    #[schema(format = "uuid")]
    directory_id: String,
    servers: Vec<String>,
    ca_pem: Option<String>,
    bind_dn: String,
    user_base: String,
    user_filter: Option<String>,
    login_filter: Option<String>,
    group_base: Option<String>,
    group_filter: Option<String>,
    attributes: BTreeMap<String, String>,
    signs_in: bool,
    password_url: Option<String>,
    state: DirectoryLdapState,
}

/// How the last run went.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryLdapState {
    /// `active_directory`, `openldap` or `other`, as the server says.
    product: Option<String>,
    running: bool,
    last_run_at: Option<Time>,
    /// The last run that read everything that the server gave.
    last_full_at: Option<Time>,
    /// Why the last run was incomplete or failed; `null` when it was complete. Nobody is suspended by an
    /// incomplete one.
    problem: Option<String>,
    /// Entries of the last full run.
    people: Option<i64>,
    groups: Option<i64>,
    /// References to other servers, which are not followed.
    references: i64,
    next_run_at: Time,
    next_full_at: Time,
}

impl From<LdapView> for DirectoryLdap {
    fn from(view: LdapView) -> Self {
        let (settings, state) = (view.settings, view.state);
        Self {
            directory_id: view.source.id.to_string(),
            servers: settings.servers,
            ca_pem: settings.ca_pem,
            bind_dn: settings.bind_dn,
            user_base: settings.user_base,
            user_filter: settings.user_filter,
            login_filter: settings.login_filter,
            group_base: settings.group_base,
            group_filter: settings.group_filter,
            attributes: settings.attributes,
            signs_in: settings.signs_in,
            password_url: settings.password_url,
            state: DirectoryLdapState {
                product: state.product,
                running: state.running,
                last_run_at: Time::option(state.last_run_at),
                last_full_at: Time::option(state.last_full_at),
                problem: state.code,
                people: state.people,
                groups: state.groups,
                references: state.references,
                next_run_at: Time(state.next_run_at),
                next_full_at: Time(state.next_full_at),
            },
        }
    }
}

/// How an LDAP directory is to be reached and read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DirectoryLdapBody {
    /// In their order: `ldaps://host[:port]`, or `ldap://host[:port]`, which is always with StartTLS.
    servers: Vec<String>,
    /// Authorities (PEM) of the servers' certificates; those of the operating system when absent.
    #[serde(default)]
    ca_pem: Option<String>,
    /// The account that reads.
    bind_dn: String,
    /// Its password; absent keeps the one that is there, which works only with the same servers, authority and
    /// account.
    #[serde(default)]
    password: Option<String>,
    user_base: String,
    #[serde(default)]
    user_filter: Option<String>,
    /// Who is meant by what somebody types; `{login}` is the place for it.
    #[serde(default)]
    login_filter: Option<String>,
    /// Groups are read only where this is set.
    #[serde(default)]
    group_base: Option<String>,
    #[serde(default)]
    group_filter: Option<String>,
    /// Attributes other than the usual ones, by field: `key`, `login`, `name`, `email`, `language`, `given_name`,
    /// `family_name`, `department`, `title`, `employee_number`. An empty one is not read.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// Whether people sign in with their password of this directory.
    #[serde(default)]
    signs_in: bool,
    /// Where people change a password that expired.
    #[serde(default)]
    password_url: Option<String>,
}

impl From<DirectoryLdapBody> for LdapInput {
    fn from(body: DirectoryLdapBody) -> Self {
        Self {
            settings: LdapSettings {
                servers: body.servers,
                ca_pem: body.ca_pem,
                bind_dn: body.bind_dn,
                user_base: body.user_base,
                user_filter: body.user_filter,
                login_filter: body.login_filter,
                group_base: body.group_base,
                group_filter: body.group_filter,
                attributes: body.attributes,
                signs_in: body.signs_in,
                password_url: body.password_url,
            },
            password: body.password.map(Zeroizing::new),
        }
    }
}

/// What a directory answered to settings that were tried. Nothing of it is stored.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryLdapTrial {
    /// Everything worked.
    ok: bool,
    /// Why it ended: `ldap_unreachable`, `ldap_tls`, `ldap_credentials`, `ldap_base` …
    problem: Option<&'static str>,
    /// What the server wrote about it.
    told: Option<String>,
    server: Option<String>,
    product: Option<&'static str>,
    signed_in_as: Option<String>,
    has_paging: bool,
    /// Where its entries begin.
    naming_contexts: Vec<String>,
    /// At most 20 of the people who would come.
    people: Vec<DirectoryLdapPreview>,
    more_people: bool,
    /// At most 20 of the groups.
    groups: Vec<String>,
    more_groups: bool,
}

/// One person as they would come.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryLdapPreview {
    key: Option<String>,
    login: Option<String>,
    name: Option<String>,
    email: Option<String>,
    active: bool,
}

impl From<Preview> for DirectoryLdapPreview {
    fn from(person: Preview) -> Self {
        Self {
            key: person.key,
            login: person.login,
            name: person.name,
            email: person.email,
            active: person.active,
        }
    }
}

impl From<Trial> for DirectoryLdapTrial {
    fn from(trial: Trial) -> Self {
        Self {
            ok: trial.code.is_none(),
            problem: trial.code,
            told: trial.told,
            server: trial.server,
            product: trial.product,
            signed_in_as: trial.signed_in_as,
            has_paging: trial.has_paging,
            naming_contexts: trial.contexts,
            people: trial.people.into_iter().map(Into::into).collect(),
            more_people: trial.more_people,
            groups: trial.groups,
            more_groups: trial.more_groups,
        }
    }
}
