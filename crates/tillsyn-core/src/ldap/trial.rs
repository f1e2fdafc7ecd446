//! Trying settings: what the directory answers, and a few of the people who would come. Nothing is kept.

use std::time::Duration;

use tillsyn_upstream::ldap::{Entry, LdapError, ResultCode, Scope, Search};

use super::connect::{Ill, Service, service};
use super::input::{LdapInput, checked};
use super::mapping::Mapping;
use super::settings::LdapSettings;
use super::store;
use crate::actor::{Actor, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::ids::DirectoryId;

const SHOWN: usize = 20;
const LIMIT: Duration = Duration::from_mins(1);

/// One person as they would come.
#[derive(Clone, Debug)]
pub struct Preview {
    pub key: Option<String>,
    pub login: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub active: bool,
}

/// What came of a trial.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Why it ended; absent when everything worked.
    pub code: Option<&'static str>,
    /// What the server wrote about it.
    pub told: Option<String>,
    /// The server that answered.
    pub server: Option<String>,
    pub product: Option<&'static str>,
    /// Whom the server takes us for.
    pub signed_in_as: Option<String>,
    pub has_paging: bool,
    /// Where its entries begin, for whoever looks for the base.
    pub contexts: Vec<String>,
    pub people: Vec<Preview>,
    /// There are more than are shown.
    pub more_people: bool,
    pub groups: Vec<String>,
    pub more_groups: bool,
}

/// Tries settings as they are typed, or those that are kept. At most 20 people are shown, and nothing is stored.
pub async fn trial(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    input: Option<LdapInput>,
) -> Result<Trial, Error> {
    super::ldap_source(core, actor, id).await?;
    require_fresh(actor, core.now_ms())?;
    let stored = store::find(core, id).await?;
    let input = match (input, &stored) {
        (Some(input), _) => checked(input)?,
        (None, Some(stored)) => LdapInput {
            settings: stored.settings.clone(),
            password: None,
        },
        (None, None) => return Err(Error::not_found("LDAP settings")),
    };
    let password = store::password_for(core, id, stored.as_ref(), &input)?;
    let mut trial = Trial::default();
    let now_ms = core.now_ms();
    let work = async {
        let mut service = service(&input.settings, &password).await?;
        let done = look(&mut service, &input.settings, &mut trial, now_ms).await;
        service.connection.close().await;
        done
    };
    let done = tokio::time::timeout(LIMIT, work)
        .await
        .unwrap_or(Err(Ill::of("ldap_timeout")));
    if let Err(ill) = done {
        trial.code = Some(ill.code);
        trial.told = ill.told;
    }
    Ok(trial)
}

async fn look(
    service: &mut Service,
    settings: &LdapSettings,
    trial: &mut Trial,
    now_ms: i64,
) -> Result<(), Ill> {
    trial.server = Some(service.server.clone());
    trial.product = Some(service.root.product.name());
    trial.has_paging = service.root.has_paging;
    trial.contexts.clone_from(&service.root.naming_contexts);
    // Not every server answers this, and nothing depends on it.
    trial.signed_in_as = service.connection.who_am_i().await.ok();
    let mapping = Mapping::of(service.root.product, settings);
    let unusable = |_| Ill::of("ldap_settings");
    let filter = mapping.user_filter().map_err(unusable)?;
    let attributes = mapping.user_attributes();
    let (entries, more) = few(service, &settings.user_base, &filter, &attributes).await?;
    trial.more_people = more;
    trial.people = entries
        .iter()
        .map(|entry| preview(&mapping, entry, now_ms))
        .collect();
    if trial.people.iter().any(|person| person.key.is_none()) {
        return Err(Ill::of("ldap_no_key"));
    }
    if trial.people.is_empty() {
        return Err(Ill::of("ldap_nobody"));
    }
    if let Some(base) = &settings.group_base {
        let filter = mapping.group_filter().map_err(unusable)?;
        let (entries, more) = few(service, base, &filter, &["cn".to_owned()]).await?;
        trial.more_groups = more;
        let names = entries.iter().filter_map(|entry| entry.text("cn"));
        trial.groups = names.map(str::to_owned).collect();
    }
    Ok(())
}

async fn few(
    service: &mut Service,
    base: &str,
    filter: &tillsyn_upstream::ldap::Filter,
    attributes: &[String],
) -> Result<(Vec<Entry>, bool), Ill> {
    let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
    let search = Search {
        base,
        scope: Scope::Subtree,
        filter,
        attributes: &attributes,
        size_limit: 21,
        page_size: None,
    };
    let mut page = service.connection.page(&search, &[]).await?;
    if page.code != ResultCode::SUCCESS && !page.code.is_limit() {
        return Err(LdapError::Refused {
            code: page.code,
            diagnostic: page.diagnostic,
        }
        .into());
    }
    let more = page.entries.len() > SHOWN || page.code.is_limit();
    page.entries.truncate(SHOWN);
    Ok((page.entries, more))
}

fn preview(mapping: &Mapping<'_>, entry: &Entry, now_ms: i64) -> Preview {
    let person = mapping.person(entry, now_ms);
    let field = |name: &str| {
        let fields = &person.as_ref()?.fields;
        fields.get(name).cloned().flatten()
    };
    Preview {
        key: mapping.key(entry),
        login: mapping.login(entry),
        name: field("name"),
        email: field("email"),
        active: mapping.state(entry, now_ms).0,
    }
}
