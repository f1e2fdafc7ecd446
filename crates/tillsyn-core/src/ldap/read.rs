//! Reading a directory: everything, or what changed.

use std::collections::{BTreeMap, HashSet};

use tillsyn_upstream::ldap::{Entry, Filter, LdapError, ResultCode, Scope, Search};

use super::connect::{Ill, Service, code_of};
use super::mapping::{Mapping, Members, RawGroup};
use super::settings::LdapSettings;
use crate::directory::{PersonEntry, Run};

/// The most that Active Directory gives in one page is 1,000.
const PAGE: u32 = 500;
const MAX_ENTRIES: usize = 250_000;

/// What a run read.
pub(super) struct Reading {
    pub(super) run: Run,
    /// Why it is not everything; absent when it is.
    pub(super) code: Option<&'static str>,
    pub(super) references: u32,
    /// The latest change that was seen, by the server's clock.
    pub(super) latest_ms: Option<i64>,
}

struct Reader<'a> {
    service: &'a mut Service,
    code: Option<&'static str>,
    references: u32,
    entries: usize,
}

/// Reads people and groups; only those who changed when `changed` says which. What was not answered in full is
/// kept, and the run says so.
pub(super) async fn read(
    service: &mut Service,
    settings: &LdapSettings,
    changed: Option<&Filter>,
    now_ms: i64,
) -> Result<Reading, Ill> {
    let mapping = Mapping::of(service.root.product, settings);
    let unusable = |_| Ill::of("ldap_settings");
    let mut users = mapping.user_filter().map_err(unusable)?;
    let mut groups = mapping.group_filter().map_err(unusable)?;
    let (all_users, all_groups) = (users.clone(), groups.clone());
    if let Some(changed) = changed {
        users = Filter::And(vec![users, changed.clone()]);
        groups = Filter::And(vec![groups, changed.clone()]);
    }
    let mut reader = Reader {
        service,
        code: None,
        references: 0,
        entries: 0,
    };
    let mut latest_ms = None;
    let mut members = Members::default();
    let mut people: BTreeMap<String, PersonEntry> = BTreeMap::new();
    let mut keyless = false;
    let attributes = mapping.user_attributes();
    let found = |entry: &Entry| match mapping.person(entry, now_ms) {
        Some(person) => {
            latest_ms = latest_ms.max(Mapping::changed_ms(entry));
            let rid = Mapping::primary_group(entry);
            members.person(&entry.dn, &person.key, person.login.as_deref(), rid);
            people.insert(person.key.clone(), person);
        }
        None => keyless = true,
    };
    reader
        .all(&settings.user_base, &users, &attributes, found)
        .await?;
    let mut raw: Vec<RawGroup> = Vec::new();
    if let Some(base) = &settings.group_base {
        let attributes = mapping.group_attributes();
        let mut partial = Vec::new();
        let found = |entry: &Entry| match mapping.group(entry) {
            Some(group) => {
                latest_ms = latest_ms.max(Mapping::changed_ms(entry));
                members.group(&group.dn, &group.key);
                if entry.range("member").is_some() {
                    partial.push((raw.len(), entry.clone()));
                }
                raw.push(group);
            }
            None => keyless = true,
        };
        reader.all(base, &groups, &attributes, found).await?;
        for (at, entry) in partial {
            let all = reader
                .service
                .connection
                .all_values(&entry, "member")
                .await?;
            let all = all.into_iter().filter_map(|dn| String::from_utf8(dn).ok());
            if let Some(group) = raw.get_mut(at) {
                group.members = Some(all.collect());
            }
        }
        if changed.is_some() && !raw.is_empty() {
            // Members that did not change have to be known too: their keys alone.
            let wanted = mapping.listing_attributes();
            let listed = |entry: &Entry| {
                if let Some(key) = mapping.key(entry) {
                    let login = mapping.login(entry);
                    let rid = Mapping::primary_group(entry);
                    members.person(&entry.dn, &key, login.as_deref(), rid);
                }
            };
            reader
                .all(&settings.user_base, &all_users, &wanted, listed)
                .await?;
            let listed = |entry: &Entry| {
                if let Some(key) = mapping.key(entry) {
                    members.group(&entry.dn, &key);
                }
            };
            reader.all(base, &all_groups, &wanted, listed).await?;
            // Groups whose members cannot all be known are left as they are.
            if reader.code.is_some() {
                raw.clear();
            }
        }
    }
    // Somebody whose key may not be read would seem to be gone.
    if keyless && reader.code.is_none() {
        reader.code = Some("ldap_no_key");
    }
    let mut seen = HashSet::new();
    raw.retain(|group| seen.insert(group.key.clone()));
    let mut groups: Vec<_> = raw
        .into_iter()
        .map(|group| members.resolve(group))
        .collect();
    if reader.code.is_some() {
        // An incomplete reading knows too few people to say who is not in a group.
        groups.clear();
    }
    Ok(Reading {
        run: Run {
            complete: changed.is_none() && reader.code.is_none(),
            people: people.into_values().collect(),
            groups,
        },
        code: reader.code,
        references: reader.references,
        latest_ms,
    })
}

impl Reader<'_> {
    /// Every page of a search. A limit of the server ends it and makes the run incomplete; what cannot be read at
    /// all is an error.
    async fn all(
        &mut self,
        base: &str,
        filter: &Filter,
        attributes: &[String],
        mut found: impl FnMut(&Entry),
    ) -> Result<(), Ill> {
        let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
        let search = Search {
            base,
            scope: Scope::Subtree,
            filter,
            attributes: &attributes,
            size_limit: 0,
            page_size: self.service.root.has_paging.then_some(PAGE),
        };
        let mut cookie = Vec::new();
        loop {
            let page = self.service.connection.page(&search, &cookie).await?;
            self.references = self.references.saturating_add(page.references);
            self.entries += page.entries.len();
            if self.entries > MAX_ENTRIES {
                return Err(LdapError::TooLarge("the directory").into());
            }
            for entry in &page.entries {
                found(entry);
            }
            if page.code != ResultCode::SUCCESS {
                if !page.code.is_limit() {
                    return Err(LdapError::Refused {
                        code: page.code,
                        diagnostic: page.diagnostic,
                    }
                    .into());
                }
                self.code.get_or_insert(code_of(page.code));
                return Ok(());
            }
            if page.cookie.is_empty() {
                return Ok(());
            }
            cookie = page.cookie;
        }
    }
}
