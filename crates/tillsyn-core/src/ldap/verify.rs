//! Whether a password is somebody's, as their directory has it.

use std::time::Duration;

use tillsyn_db::args;
use tillsyn_pki::hash;
use tillsyn_upstream::ldap::{Entry, Password, ResultCode, Scope, Search};
use zeroize::Zeroizing;

use super::connect::{Ill, Verdict, judge, service};
use super::lockout;
use super::mapping::Mapping;
use super::settings::LdapSettings;
use super::store;
use crate::core::Core;
use crate::directory;
use crate::error::Error;
use crate::ids::{DirectoryId, PersonId};

/// For everything that one sign-in asks of a directory.
const LIMIT: Duration = Duration::from_secs(20);
const MAX_LOGIN: usize = 256;

/// Somebody who proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// The directory's own key of the person.
    pub key: String,
    /// Whom we know by it; nobody before the first run that reads them.
    pub person_id: Option<PersonId>,
    /// The password ends soon.
    pub ends_soon: bool,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    Right(Proved),
    /// Nobody, two people, or a wrong password: which of these is nobody's business.
    Wrong,
    /// Too many failures: the directory was not asked.
    Paused,
    /// It was right and has to be changed first, there.
    MustChange {
        url: Option<String>,
    },
    /// It was right; the account is disabled or expired.
    NotAllowed,
    /// It was right; not at this hour, or not from here.
    NotNow,
    /// Too many failures at the directory.
    Locked,
    /// The directory cannot be asked at present.
    Unavailable,
}

/// Who is meant: by what they typed, or by the directory's own key.
#[derive(Clone, Copy)]
enum Who<'a> {
    Login(&'a str),
    Key(&'a str),
}

/// Asks a directory whether a password is right. One password, one bind, on a connection of its own; it is neither
/// kept nor tried anywhere else. Unknown names take the same way as known ones.
pub async fn verify_password(
    core: &Core,
    source: &DirectoryId,
    login: &str,
    password: &Zeroizing<String>,
) -> Result<PasswordCheck, Error> {
    let login = login.trim();
    let fits = !login.is_empty() && login.len() <= MAX_LOGIN && !login.contains('\0');
    if !fits {
        return Ok(PasswordCheck::Wrong);
    }
    verify(core, source, Who::Login(login), password).await
}

/// The same of somebody who is known here, by the directory's own key: what they typed elsewhere leads to nobody else.
pub(super) async fn verify_key(
    core: &Core,
    source: &DirectoryId,
    key: &str,
    password: &Zeroizing<String>,
) -> Result<PasswordCheck, Error> {
    verify(core, source, Who::Key(key), password).await
}

async fn verify(
    core: &Core,
    source: &DirectoryId,
    who: Who<'_>,
    password: &Zeroizing<String>,
) -> Result<PasswordCheck, Error> {
    // Before anything is asked: an empty password would be an anonymous bind, which succeeds.
    let Some(password) = Password::new(password) else {
        return Ok(PasswordCheck::Wrong);
    };
    let Some(stored) = store::find(core, source).await? else {
        return Ok(PasswordCheck::Unavailable);
    };
    if !stored.settings.signs_in || !is_listened_to(core, source).await? {
        return Ok(PasswordCheck::Unavailable);
    }
    // Failures of a name are counted whether it is somebody's or not; those of a person further below.
    let typed = match who {
        Who::Login(login) => Some(lockout::subject(source, "login", &login.to_lowercase())),
        Who::Key(_) => None,
    };
    if let Some(typed) = &typed
        && !lockout::reserve(core, typed).await?
    {
        return Ok(PasswordCheck::Paused);
    }
    let service_password = stored.password(core.keys(), source)?;
    let asked = tokio::time::timeout(
        LIMIT,
        ask(
            core,
            source,
            &stored.settings,
            &service_password,
            who,
            &password,
        ),
    );
    let asked = match asked.await {
        Ok(asked) => asked?,
        Err(_) => Err(Ill::of("ldap_timeout")),
    };
    match asked {
        Ok(check) => {
            // Whatever needed the right password was no failure.
            let failed = matches!(
                check,
                PasswordCheck::Wrong | PasswordCheck::Locked | PasswordCheck::Paused
            );
            if let Some(typed) = typed.filter(|_| !failed) {
                lockout::forget(core, &typed).await?;
            }
            Ok(check)
        }
        Err(ill) => {
            if let Some(typed) = typed {
                lockout::give_back(core, &typed).await?;
            }
            if ill.code == "ldap_credentials" {
                directory::set_ill(core, source, Some(ill.code)).await?;
            }
            tracing::warn!(
                directory = source.as_str(),
                code = ill.code,
                "a directory could not be asked about a password"
            );
            Ok(PasswordCheck::Unavailable)
        }
    }
}

/// Whether a directory in which people sign in cannot be asked at present.
pub(super) async fn cannot_be_asked(core: &Core, source: DirectoryId) -> Result<bool, Error> {
    let Some(stored) = store::find(core, &source).await? else {
        return Ok(false);
    };
    if !stored.settings.signs_in {
        return Ok(false);
    }
    let password = stored.password(core.keys(), &source)?;
    let asked = tokio::time::timeout(LIMIT, service(&stored.settings, &password));
    match asked.await {
        Ok(Ok(reader)) => {
            reader.connection.close().await;
            Ok(false)
        }
        Ok(Err(_)) | Err(_) => Ok(true),
    }
}

async fn ask(
    core: &Core,
    source: &DirectoryId,
    settings: &LdapSettings,
    service_password: &Password,
    who: Who<'_>,
    password: &Password,
) -> Result<Result<PasswordCheck, Ill>, Error> {
    let mut reader = match service(settings, service_password).await {
        Ok(reader) => reader,
        Err(ill) => return Ok(Err(ill)),
    };
    let mapping = Mapping::of(reader.root.product, settings);
    let found = find(&mut reader, &mapping, settings, who).await;
    let server = reader.server.clone();
    reader.connection.close().await;
    let found = match found {
        Ok(found) => found,
        Err(ill) => return Ok(Err(ill)),
    };
    let known = found.and_then(|entry| Some((mapping.key(&entry)?, entry)));
    let Some((key, entry)) = known else {
        // Nobody has this name; the server is asked about it all the same, so that the answer takes as long.
        let nobody = format!("cn={},{}", hash::random_token(12), settings.user_base);
        return Ok(match judge(&server, settings, &nobody, password).await {
            Ok(_) => Ok(PasswordCheck::Wrong),
            Err(ill) => Err(ill),
        });
    };
    // One person may be found by several names; their failures count together. That it stops here is not told:
    // it would say that the name is somebody's.
    let person = lockout::subject(source, "key", &key);
    if !lockout::reserve(core, &person).await? {
        return Ok(Ok(match who {
            Who::Login(_) => PasswordCheck::Wrong,
            Who::Key(_) => PasswordCheck::Paused,
        }));
    }
    let verdict = match judge(&server, settings, &entry.dn, password).await {
        Ok(verdict) => verdict,
        Err(ill) => {
            lockout::give_back(core, &person).await?;
            return Ok(Err(ill));
        }
    };
    if !matches!(verdict, Verdict::Wrong | Verdict::Locked) {
        lockout::forget(core, &person).await?;
    }
    Ok(Ok(match verdict {
        Verdict::Wrong => PasswordCheck::Wrong,
        Verdict::Locked => PasswordCheck::Locked,
        Verdict::NotNow => PasswordCheck::NotNow,
        Verdict::NotAllowed => PasswordCheck::NotAllowed,
        Verdict::MustChange => PasswordCheck::MustChange {
            url: settings.password_url.clone(),
        },
        Verdict::Right { grace } => {
            let (active, _) = mapping.state(&entry, core.now_ms());
            if active && mapping.tells_state(&entry) {
                PasswordCheck::Right(Proved {
                    person_id: linked(core, source, &key).await?,
                    key,
                    ends_soon: grace,
                })
            } else {
                PasswordCheck::NotAllowed
            }
        }
    }))
}

/// The one entry that is meant; two are as good as none.
async fn find(
    reader: &mut super::connect::Service,
    mapping: &Mapping<'_>,
    settings: &LdapSettings,
    who: Who<'_>,
) -> Result<Option<Entry>, Ill> {
    let filter = match who {
        Who::Login(login) => mapping.login_filter(login),
        Who::Key(key) => mapping.key_filter(key),
    };
    let filter = filter.map_err(|_| Ill::of("ldap_settings"))?;
    let attributes = mapping.user_attributes();
    let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
    let search = Search {
        base: &settings.user_base,
        scope: Scope::Subtree,
        filter: &filter,
        attributes: &attributes,
        size_limit: 2,
        page_size: None,
    };
    let mut page = reader.connection.page(&search, &[]).await?;
    match page.code {
        ResultCode::SUCCESS => {}
        // Three or more.
        ResultCode::SIZE_LIMIT => return Ok(None),
        code => {
            return Err(tillsyn_upstream::ldap::LdapError::Refused {
                code,
                diagnostic: page.diagnostic,
            }
            .into());
        }
    }
    if page.entries.len() > 1 {
        return Ok(None);
    }
    Ok(page.entries.pop())
}

async fn linked(core: &Core, source: &DirectoryId, key: &str) -> Result<Option<PersonId>, Error> {
    const FIND: &str = "SELECT l.person_id FROM directory_link l JOIN person p ON p.id = l.person_id \
        WHERE l.source_id = $1 AND l.external_key = $2 AND l.state = 'active' AND p.status = 'active'";
    let rows = core.db().query_all(FIND, args![source, key]).await?;
    match rows.first() {
        Some(row) => Ok(Some(PersonId::from_store(row.text(0)?))),
        None => Ok(None),
    }
}

async fn is_listened_to(core: &Core, source: &DirectoryId) -> Result<bool, Error> {
    const FIND: &str =
        "SELECT 1 FROM directory_source WHERE id = $1 AND kind = 'ldap' AND status = 'active'";
    Ok(!core.db().query_all(FIND, args![source]).await?.is_empty())
}
