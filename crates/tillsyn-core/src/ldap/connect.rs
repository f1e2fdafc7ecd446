//! Reaching a directory as the account that reads.

use tillsyn_upstream::ldap::{
    AdReason, Connection, LdapError, Password, PolicyError, ResultCode, RootDse, Server, Timeouts,
    Trust,
};

use super::settings::LdapSettings;

/// A connection that is signed in, and what it is connected to.
pub(super) struct Service {
    pub(super) connection: Connection,
    pub(super) root: RootDse,
    /// As it stands in the settings.
    pub(super) server: String,
}

/// Why a directory cannot be read: a stable word, and what the server wrote, for the eyes of an administrator.
#[derive(Clone, Debug)]
pub(super) struct Ill {
    pub(super) code: &'static str,
    pub(super) told: Option<String>,
}

impl Ill {
    pub(super) const fn of(code: &'static str) -> Self {
        Self { code, told: None }
    }
}

impl From<LdapError> for Ill {
    fn from(error: LdapError) -> Self {
        let code = match &error {
            LdapError::Connect(_) | LdapError::Disconnected => "ldap_unreachable",
            LdapError::Timeout => "ldap_timeout",
            LdapError::Tls(_) => "ldap_tls",
            LdapError::Settings(_) => "ldap_settings",
            LdapError::ClearText => "ldap_clear_text",
            LdapError::Protocol(_) => "ldap_protocol",
            LdapError::TooLarge(_) => "ldap_too_large",
            LdapError::Refused { code, .. } => code_of(*code),
        };
        let told = match error {
            LdapError::Refused { code, diagnostic } => Some(format!("{code} {diagnostic}")),
            other => Some(other.to_string()),
        };
        Self { code, told }
    }
}

/// The word for a result that is not success.
pub(super) const fn code_of(code: ResultCode) -> &'static str {
    match code {
        ResultCode::TIME_LIMIT | ResultCode::SIZE_LIMIT | ResultCode::ADMIN_LIMIT => "ldap_limit",
        ResultCode::STRONGER_AUTH_REQUIRED | ResultCode::CONFIDENTIALITY_REQUIRED => {
            "ldap_clear_text"
        }
        ResultCode::REFERRAL => "ldap_referral",
        ResultCode::UNAVAILABLE_CRITICAL_EXTENSION => "ldap_no_paging",
        ResultCode::NO_SUCH_OBJECT | ResultCode::INVALID_DN => "ldap_base",
        ResultCode::INVALID_CREDENTIALS => "ldap_credentials",
        ResultCode::INSUFFICIENT_ACCESS => "ldap_access",
        ResultCode::BUSY | ResultCode::UNAVAILABLE => "ldap_busy",
        _ => "ldap_refused",
    }
}

/// Connects to the first server that answers and signs in. A server that judged the password ends the search: the
/// next one would only count another failure.
pub(super) async fn service(settings: &LdapSettings, password: &Password) -> Result<Service, Ill> {
    let trust = Trust::new(settings.ca_pem.as_deref())?;
    let mut last = Ill::of("ldap_settings");
    for text in &settings.servers {
        let server = Server::parse(text).ok_or(Ill::of("ldap_settings"))?;
        match signed_in(&server, &trust, &settings.bind_dn, password).await {
            Ok((connection, root)) => {
                return Ok(Service {
                    connection,
                    root,
                    server: text.clone(),
                });
            }
            Err(error) => {
                let goes_on = error.is_of_server();
                last = error.into();
                if !goes_on {
                    break;
                }
            }
        }
    }
    Err(last)
}

async fn signed_in(
    server: &Server,
    trust: &Trust,
    dn: &str,
    password: &Password,
) -> Result<(Connection, RootDse), LdapError> {
    let mut connection = Connection::open(server, trust, Timeouts::default()).await?;
    let (bound, policy) = connection.bind(dn, password).await;
    bound?;
    // Success with an objection: every search would be refused.
    if policy.error.is_some() {
        return Err(LdapError::Refused {
            code: ResultCode::INVALID_CREDENTIALS,
            diagnostic: "the password of this account has to be changed".to_owned(),
        });
    }
    let root = RootDse::ask(&mut connection).await?;
    Ok((connection, root))
}

/// What a directory says about one password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right {
        grace: bool,
    },
    Wrong,
    /// It was right and has to be changed first.
    MustChange,
    /// It was right, but this account may not come in.
    NotAllowed,
    /// Not at this hour or from here.
    NotNow,
    Locked,
}

/// Asks one server about one password, on a connection of its own that ends with the answer.
pub(super) async fn judge(
    server: &str,
    settings: &LdapSettings,
    dn: &str,
    password: &Password,
) -> Result<Verdict, Ill> {
    let trust = Trust::new(settings.ca_pem.as_deref())?;
    let server = Server::parse(server).ok_or(Ill::of("ldap_settings"))?;
    let mut connection = Connection::open(&server, &trust, Timeouts::default()).await?;
    let (bound, policy) = connection.bind(dn, password).await;
    connection.close().await;
    let objection = policy.error.map(|error| match error {
        PolicyError::PasswordExpired | PolicyError::ChangeAfterReset => Verdict::MustChange,
        PolicyError::AccountLocked => Verdict::Locked,
        PolicyError::Other => Verdict::NotAllowed,
    });
    match bound {
        // Success is none while the policy objects.
        Ok(()) => Ok(objection.unwrap_or(Verdict::Right {
            grace: policy.grace_left.is_some() || policy.seconds_left.is_some(),
        })),
        Err(LdapError::Refused { code, diagnostic }) if code == ResultCode::INVALID_CREDENTIALS => {
            // What the policy objects to besides says nothing of the password.
            let proved = objection.filter(|verdict| !matches!(verdict, Verdict::NotAllowed));
            Ok(proved.unwrap_or_else(|| of_active_directory(&diagnostic)))
        }
        Err(LdapError::Refused {
            code: ResultCode::UNWILLING | ResultCode::INSUFFICIENT_ACCESS | ResultCode(48),
            ..
        }) => Ok(Verdict::Wrong),
        Err(error) => Err(error.into()),
    }
}

fn of_active_directory(diagnostic: &str) -> Verdict {
    match AdReason::read(diagnostic) {
        None | Some(AdReason::NoSuchUser | AdReason::WrongPassword) => Verdict::Wrong,
        Some(AdReason::PasswordExpired | AdReason::MustChange) => Verdict::MustChange,
        Some(AdReason::Disabled | AdReason::AccountExpired) => Verdict::NotAllowed,
        Some(AdReason::NotNow | AdReason::NotHere) => Verdict::NotNow,
        Some(AdReason::Locked) => Verdict::Locked,
    }
}
