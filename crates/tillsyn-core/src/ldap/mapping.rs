//! What the entries of a directory mean, product by product. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tillsyn_upstream::ldap::{Entry, Filter, FilterError, Product, values};

use super::settings::LdapSettings;
use crate::directory::{Fields, GroupEntry, MemberKey, PersonEntry};

/// Fields whose attribute can be chosen.
pub(super) const MAPPED: [&str; 10] = [
    "key",
    "login",
    "name",
    "email",
    "language",
    "given_name",
    "family_name",
    "department",
    "title",
    "employee_number",
];
/// Attributes that never change and are never given to somebody else.
pub(super) const KEYS: [&str; 5] = [
    "objectGUID",
    "entryUUID",
    "nsUniqueId",
    "ipaUniqueID",
    "GUID",
];
/// Values of one field or key.
const MAX_KEY: usize = 200;

/// The meaning of attributes for one directory.
pub(super) struct Mapping<'a> {
    product: Product,
    settings: &'a LdapSettings,
    names: BTreeMap<&'static str, String>,
}

/// A group before its members are known by key.
pub(super) struct RawGroup {
    pub(super) dn: String,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) rid: Option<u32>,
    /// Absent when the server did not say.
    pub(super) members: Option<Vec<String>>,
    pub(super) member_logins: Vec<String>,
}

/// How members are found: by name, by login, by primary group.
#[derive(Default)]
pub(super) struct Members {
    by_dn: HashMap<String, MemberKey>,
    by_login: HashMap<String, String>,
    by_rid: HashMap<u32, BTreeSet<String>>,
}

impl<'a> Mapping<'a> {
    pub(super) fn of(product: Product, settings: &'a LdapSettings) -> Self {
        let is_ad = product == Product::ActiveDirectory;
        let usual = |field| match field {
            "key" if is_ad => "objectGUID",
            "key" => "entryUUID",
            "login" if is_ad => "sAMAccountName",
            "login" => "uid",
            "name" => "displayName",
            "email" => "mail",
            "language" => "preferredLanguage",
            "given_name" => "givenName",
            "family_name" => "sn",
            "department" if is_ad => "department",
            "department" => "ou",
            "title" => "title",
            "employee_number" if is_ad => "employeeID",
            _ => "employeeNumber",
        };
        let names = MAPPED.into_iter().map(|field| {
            let own = settings.attributes.get(field);
            (
                field,
                own.cloned().unwrap_or_else(|| usual(field).to_owned()),
            )
        });
        Self {
            product,
            settings,
            names: names.collect(),
        }
    }

    fn name(&self, field: &str) -> &str {
        self.names.get(field).map_or("", String::as_str)
    }

    /// The people who are read.
    pub(super) fn user_filter(&self) -> Result<Filter, FilterError> {
        let usual = if self.product == Product::ActiveDirectory {
            "(&(objectCategory=person)(objectClass=user))"
        } else {
            "(objectClass=inetOrgPerson)"
        };
        Filter::parse(self.settings.user_filter.as_deref().unwrap_or(usual), None)
    }

    /// The person who is meant by what was typed; only among those who are read.
    pub(super) fn login_filter(&self, login: &str) -> Result<Filter, FilterError> {
        let usual = match (&self.settings.attributes.get("login"), self.product) {
            (Some(name), _) => format!("({name}={{login}})"),
            (None, Product::ActiveDirectory) => {
                "(|(sAMAccountName={login})(userPrincipalName={login}))".to_owned()
            }
            (None, _) => "(uid={login})".to_owned(),
        };
        let text = self.settings.login_filter.as_deref().unwrap_or(&usual);
        let meant = Filter::parse(text, Some(login))?;
        Ok(Filter::And(vec![self.user_filter()?, meant]))
    }

    /// The one person with this key, among those who are read.
    pub(super) fn key_filter(&self, key: &str) -> Result<Filter, FilterError> {
        let name = self.name("key");
        let value = if name.eq_ignore_ascii_case("objectGUID") {
            values::guid_bytes(key).map(|bytes| bytes.to_vec())
        } else if name == "GUID" {
            // Stored as the digits of its bytes.
            values::hex_bytes(key)
        } else {
            Some(key.as_bytes().to_vec())
        };
        let value = value.ok_or(FilterError::Term)?;
        let meant = Filter::Equal(name.to_owned(), value);
        Ok(Filter::And(vec![self.user_filter()?, meant]))
    }

    pub(super) fn group_filter(&self) -> Result<Filter, FilterError> {
        let usual = if self.product == Product::ActiveDirectory {
            "(objectClass=group)"
        } else {
            "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
        };
        Filter::parse(self.settings.group_filter.as_deref().unwrap_or(usual), None)
    }

    /// The attributes that are asked for of people, and no others.
    pub(super) fn user_attributes(&self) -> Vec<String> {
        let mut all: Vec<String> = self.names.values().cloned().collect();
        let more: &[&str] = if self.product == Product::ActiveDirectory {
            &[
                "cn",
                "proxyAddresses",
                "userAccountControl",
                "accountExpires",
                "primaryGroupID",
            ]
        } else {
            &[
                "cn",
                "pwdAccountLockedTime",
                "nsAccountLock",
                "shadowExpire",
                "modifyTimestamp",
            ]
        };
        all.extend(more.iter().map(|name| (*name).to_owned()));
        all.retain(|name| !name.is_empty());
        all
    }

    /// Those by which members are known, and no others.
    pub(super) fn listing_attributes(&self) -> Vec<String> {
        let mut all = vec![self.name("key").to_owned(), self.name("login").to_owned()];
        if self.product == Product::ActiveDirectory {
            all.extend(["primaryGroupID", "objectSid"].map(str::to_owned));
        }
        all
    }

    pub(super) fn group_attributes(&self) -> Vec<String> {
        let more: &[&str] = if self.product == Product::ActiveDirectory {
            &["cn", "member", "objectSid"]
        } else {
            &[
                "cn",
                "objectClass",
                "member",
                "uniqueMember",
                "memberUid",
                "modifyTimestamp",
            ]
        };
        let mut all = vec![self.name("key").to_owned()];
        all.extend(more.iter().map(|name| (*name).to_owned()));
        all
    }

    /// The key of an entry; without one nothing of it is read.
    pub(super) fn key(&self, entry: &Entry) -> Option<String> {
        let name = self.name("key");
        if name.eq_ignore_ascii_case("objectGUID") {
            return values::guid(entry.bytes(name)?);
        }
        if name == "GUID" {
            return entry.bytes(name).map(tillsyn_pki::hash::hex);
        }
        let text = entry.text(name)?.trim().to_lowercase();
        (!text.is_empty() && text.len() <= MAX_KEY).then_some(text)
    }

    pub(super) fn login(&self, entry: &Entry) -> Option<String> {
        entry.text(self.name("login")).map(str::to_owned)
    }

    pub(super) fn primary_group(entry: &Entry) -> Option<u32> {
        entry.text("primaryGroupID")?.parse().ok()
    }

    /// When the entry last changed, by the server's clock.
    pub(super) fn changed_ms(entry: &Entry) -> Option<i64> {
        values::generalized_time(entry.text("modifyTimestamp")?)
    }

    /// A person; `None` when the entry has no key.
    pub(super) fn person(&self, entry: &Entry, now_ms: i64) -> Option<PersonEntry> {
        let (active, raw_state) = self.state(entry, now_ms);
        Some(PersonEntry {
            key: self.key(entry)?,
            login: self.login(entry),
            external_id: None,
            fields: self.fields(entry),
            active: self.tells_state(entry).then_some(active),
            raw_state,
        })
    }

    /// What the entry says. A field that it does not carry is not in it: the account that reads may not see it.
    fn fields(&self, entry: &Entry) -> Fields {
        let mut fields = Fields::new();
        for (field, name) in &self.names {
            if matches!(*field, "key" | "login") || name.is_empty() {
                continue;
            }
            if let Some(value) = entry.text(name) {
                fields.insert((*field).to_owned(), Some(value.to_owned()));
            }
        }
        if !fields.contains_key("name")
            && !self.name("name").is_empty()
            && let Some(name) = entry.text("cn")
        {
            fields.insert("name".to_owned(), Some(name.to_owned()));
        }
        // The main address is the one that begins with SMTP: in capitals.
        let proxies = entry.texts("proxyAddresses");
        let main = proxies
            .iter()
            .find_map(|address| address.strip_prefix("SMTP:"));
        if !fields.contains_key("email")
            && !self.name("email").is_empty()
            && let Some(main) = main
        {
            fields.insert("email".to_owned(), Some(main.to_owned()));
        }
        fields
    }

    /// Whether the entry carries what its state is read from. Active Directory has it on every user: where it is
    /// missing, the account that reads may not see it, and that is no news of anybody.
    pub(super) fn tells_state(&self, entry: &Entry) -> bool {
        self.product != Product::ActiveDirectory || entry.text("userAccountControl").is_some()
    }

    /// Whether they may work, and what the directory says about it.
    pub(super) fn state(&self, entry: &Entry, now_ms: i64) -> (bool, Option<String>) {
        const DISABLED: i64 = 0x2;
        if self.product == Product::ActiveDirectory {
            if let Some(control) = entry.text("userAccountControl")
                && control
                    .trim()
                    .parse::<i64>()
                    .is_ok_and(|c| c & DISABLED != 0)
            {
                return (false, Some(format!("userAccountControl={control}")));
            }
            if let Some(expires) = entry.text("accountExpires")
                && values::file_time(expires).is_some_and(|at| at <= now_ms)
            {
                return (false, Some(format!("accountExpires={expires}")));
            }
            return (true, None);
        }
        // This time means that an administrator locked the account for good; others pass by themselves.
        if entry.text("pwdAccountLockedTime") == Some("000001010000Z") {
            return (false, Some("pwdAccountLockedTime=000001010000Z".to_owned()));
        }
        if entry
            .text("nsAccountLock")
            .is_some_and(|lock| lock.eq_ignore_ascii_case("true"))
        {
            return (false, Some("nsAccountLock=true".to_owned()));
        }
        if let Some(days) = entry
            .text("shadowExpire")
            .and_then(|d| d.parse::<i64>().ok())
            && days > 0
            && days.saturating_mul(crate::clock::DAY_MS) <= now_ms
        {
            return (false, Some(format!("shadowExpire={days}")));
        }
        (true, None)
    }

    /// A group; `None` when the entry has no key. Its members come with it unless they come in parts.
    pub(super) fn group(&self, entry: &Entry) -> Option<RawGroup> {
        let name = entry.text("cn")?.to_owned();
        let by_name = |attribute: &str| entry.values(attribute).map(|_| entry.texts(attribute));
        let members = match (by_name("member"), by_name("uniqueMember")) {
            (None, None) => None,
            (a, b) => {
                let all = a.into_iter().chain(b).flatten();
                Some(all.map(str::to_owned).collect())
            }
        };
        // These classes have a member always, so that none at all means one that may not be read.
        let must_have_members = entry.texts("objectClass").iter().any(|class| {
            class.eq_ignore_ascii_case("groupOfNames")
                || class.eq_ignore_ascii_case("groupOfUniqueNames")
        });
        let member_logins: Vec<String> = entry
            .texts("memberUid")
            .into_iter()
            .map(str::to_owned)
            .collect();
        Some(RawGroup {
            dn: entry.dn.clone(),
            key: self.key(entry)?,
            name,
            rid: entry.bytes("objectSid").and_then(values::sid_last),
            members: members.or_else(|| (!must_have_members).then(Vec::new)),
            member_logins,
        })
    }
}

impl Members {
    pub(super) fn person(&mut self, dn: &str, key: &str, login: Option<&str>, rid: Option<u32>) {
        if let Some(dn) = values::same_dn(dn) {
            self.by_dn.insert(dn, MemberKey::Person(key.to_owned()));
        }
        if let Some(login) = login {
            self.by_login.insert(login.to_lowercase(), key.to_owned());
        }
        if let Some(rid) = rid {
            self.by_rid.entry(rid).or_default().insert(key.to_owned());
        }
    }

    pub(super) fn group(&mut self, dn: &str, key: &str) {
        if let Some(dn) = values::same_dn(dn) {
            self.by_dn.insert(dn, MemberKey::Group(key.to_owned()));
        }
    }

    /// The group with members by key. Names that lead to nobody who is read are counted and are no error.
    pub(super) fn resolve(&self, raw: RawGroup) -> GroupEntry {
        let mut unresolved = 0;
        let mut found = BTreeSet::new();
        for member in raw.members.iter().flatten() {
            let key = values::same_dn(member).and_then(|dn| self.by_dn.get(&dn));
            match key {
                Some(key) => {
                    found.insert(key.clone());
                }
                None => unresolved += 1,
            }
        }
        for login in &raw.member_logins {
            match self.by_login.get(&login.to_lowercase()) {
                Some(key) => {
                    found.insert(MemberKey::Person(key.clone()));
                }
                None => unresolved += 1,
            }
        }
        if let Some(rid) = raw.rid {
            let of = self.by_rid.get(&rid).into_iter().flatten();
            found.extend(of.map(|key| MemberKey::Person(key.clone())));
        }
        GroupEntry {
            key: raw.key,
            name: raw.name,
            members: raw.members.map(|_| found.into_iter().collect()),
            unresolved,
        }
    }
}
