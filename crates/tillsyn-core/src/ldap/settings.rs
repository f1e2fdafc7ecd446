//! How a directory is reached and read, and how that went.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::DeltaState;
use crate::directory::SourceView;

/// How a directory is reached and what is read of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LdapSettings {
    /// In their order: `ldaps://host[:port]`, or `ldap://host[:port]`, which is always with StartTLS.
    pub servers: Vec<String>,
    /// Authorities (PEM) that the servers' certificates have to come from; those of the system when absent.
    pub ca_pem: Option<String>,
    /// The account that reads.
    pub bind_dn: String,
    pub user_base: String,
    /// Who is read below the base; what is usual for the product when absent.
    pub user_filter: Option<String>,
    /// Who is meant by what somebody types; `{login}` is the place for it.
    pub login_filter: Option<String>,
    /// Groups are read only where this is set.
    pub group_base: Option<String>,
    pub group_filter: Option<String>,
    /// Attributes other than the usual ones, by field; an empty one is not read.
    pub attributes: BTreeMap<String, String>,
    /// Whether people sign in with their password of this directory.
    pub signs_in: bool,
    /// Where people change a password that expired.
    pub password_url: Option<String>,
}

/// How the last run went.
#[derive(Clone, Debug, Default)]
pub struct LdapState {
    /// `active_directory`, `openldap` or `other`, as the server says.
    pub product: Option<String>,
    pub last_full_at: Option<i64>,
    pub last_run_at: Option<i64>,
    /// Why the last run was incomplete or failed; absent when it was complete.
    pub code: Option<String>,
    pub people: Option<i64>,
    pub groups: Option<i64>,
    /// References to other servers that were not followed.
    pub references: i64,
    pub next_full_at: i64,
    pub next_run_at: i64,
    pub running: bool,
    pub(super) delta: Option<DeltaState>,
}

/// An LDAP directory.
#[derive(Clone, Debug)]
pub struct LdapView {
    pub source: SourceView,
    pub settings: LdapSettings,
    pub state: LdapState,
}
