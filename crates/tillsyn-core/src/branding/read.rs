//! What a unit says, and what holds there.

use std::collections::BTreeMap;

use serde::Serialize;
use tillsyn_db::{Row, Tx, args};

use super::colour::Colour;
use super::mark::MarkType;
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::ids::OrgUnitId;
use crate::org;
use crate::settings::Organisation;

/// Whom people ask. Each of them may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contacts {
    pub mail: Option<String>,
    pub phone: Option<String>,
    /// In the organisation's words.
    pub text: Option<String>,
    /// When somebody answers, in the organisation's words.
    pub hours: Option<String>,
}

impl Contacts {
    /// All of them on one line, for mails; `None` where nobody is named.
    pub fn line(&self) -> Option<String> {
        let parts = [&self.text, &self.mail, &self.phone, &self.hours];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// A mark by its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkRef {
    /// SHA-256 of the file, in hexadecimal.
    pub hash: String,
    pub width: i64,
    pub height: i64,
}

/// What a unit itself says; what is `None` it has from above.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Own {
    pub name: Option<String>,
    pub mark: Option<MarkRef>,
    /// `#rrggbb`.
    pub accent_light: Option<String>,
    pub accent_dark: Option<String>,
    pub contacts: Contacts,
    pub help_url: Option<String>,
    /// Hash of the text by language.
    pub terms: BTreeMap<String, String>,
}

/// What holds at a unit: everything that pages for people show of their organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    pub name: String,
    pub mark: Option<MarkRef>,
    pub accent_light: Option<Colour>,
    pub accent_dark: Option<Colour>,
    pub contacts: Contacts,
    /// The organisation's own pages of help.
    pub help_url: Option<String>,
    /// Hash of the text by language; all of one unit.
    pub terms: BTreeMap<String, String>,
    /// The organisation's language.
    pub language: String,
}

impl Branding {
    /// The name of the style sheet with the accent; empty when nobody chose one.
    pub fn accent(&self) -> String {
        let digits = |colour: Option<Colour>| colour.map(Colour::digits).unwrap_or_default();
        match (self.accent_light, self.accent_dark) {
            (None, None) => String::new(),
            (light, dark) => format!("{}-{}", digits(light), digits(dark)),
        }
    }
}

/// A unit's branding as console and API show it.
#[derive(Clone, Debug)]
pub struct BrandingView {
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    pub own: Own,
    /// The own terms by language.
    pub terms: BTreeMap<String, String>,
    pub effective: Branding,
    pub updated_at: Option<i64>,
}

/// `$1` is a path; a row for each unit of it that says something, and one at least.
const AT: &str = "SELECT s.value, b.org_unit_id, b.name, b.mark_hash, m.width, m.height, b.accent_light, \
    b.accent_dark, b.support_mail, b.support_phone, b.support_text, b.support_hours, b.help_url, b.terms, \
    b.updated_at FROM (SELECT 1 AS one) o LEFT JOIN setting s ON s.name = 'organisation' \
    LEFT JOIN branding b ON CAST($1 AS TEXT) LIKE '%' || b.org_unit_id || '/%' \
    LEFT JOIN branding_mark m ON m.hash = b.mark_hash";

fn own(row: &Row) -> Result<Own, Error> {
    let terms = row.opt_text(13)?.unwrap_or_else(|| "{}".to_owned());
    let mark = match (row.opt_text(3)?, row.opt_i64(4)?, row.opt_i64(5)?) {
        (Some(hash), Some(width), Some(height)) => Some(MarkRef {
            hash,
            width,
            height,
        }),
        _ => None,
    };
    Ok(Own {
        name: row.opt_text(2)?,
        mark,
        accent_light: row.opt_text(6)?,
        accent_dark: row.opt_text(7)?,
        contacts: Contacts {
            mail: row.opt_text(8)?,
            phone: row.opt_text(9)?,
            text: row.opt_text(10)?,
            hours: row.opt_text(11)?,
        },
        help_url: row.opt_text(12)?,
        terms: serde_json::from_str(&terms).map_err(|error| {
            Error::internal("The terms of a unit cannot be read.").caused_by(error)
        })?,
    })
}

/// What holds at the unit of this path: per field the nearest unit that says something.
pub async fn of_unit(core: &Core, unit_path: &str) -> Result<Branding, Error> {
    let rows = core.db().query_all(AT, args![unit_path]).await?;
    of_rows(&rows, unit_path)
}

/// The same inside a transaction.
pub(crate) async fn of_unit_in(tx: &Tx, unit_path: &str) -> Result<Branding, Error> {
    let rows = tx.fetch_all(AT, args![unit_path]).await?;
    of_rows(&rows, unit_path)
}

fn of_rows(rows: &[Row], unit_path: &str) -> Result<Branding, Error> {
    let organisation = match rows.first().map(|row| row.opt_text(0)).transpose()? {
        Some(Some(text)) => serde_json::from_str(&text).map_err(|error| {
            Error::internal("The stored setting organisation cannot be read.").caused_by(error)
        })?,
        _ => Organisation::default(),
    };
    let mut found = Vec::new();
    for row in rows {
        if let Some(unit) = row.opt_text(1)? {
            found.push((unit_path.find(&unit), own(row)?));
        }
    }
    // The nearest first: it stands last in the path.
    found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    Ok(merge(found.into_iter().map(|(_, own)| own), organisation))
}

/// What holds for the organisation as a whole.
pub async fn of_organisation(core: &Core) -> Result<Branding, Error> {
    of_unit(core, &org::root(core).await?.path).await
}

fn merge(nearest_first: impl Iterator<Item = Own>, organisation: Organisation) -> Branding {
    let mut sum = Own::default();
    for own in nearest_first {
        sum.name = sum.name.or(own.name);
        sum.mark = sum.mark.or(own.mark);
        sum.accent_light = sum.accent_light.or(own.accent_light);
        sum.accent_dark = sum.accent_dark.or(own.accent_dark);
        sum.contacts.mail = sum.contacts.mail.or(own.contacts.mail);
        sum.contacts.phone = sum.contacts.phone.or(own.contacts.phone);
        sum.contacts.text = sum.contacts.text.or(own.contacts.text);
        sum.contacts.hours = sum.contacts.hours.or(own.contacts.hours);
        sum.help_url = sum.help_url.or(own.help_url);
        if sum.terms.is_empty() {
            sum.terms = own.terms;
        }
    }
    let contacts = Contacts {
        text: sum.contacts.text.or(organisation.support),
        ..sum.contacts
    };
    let colour = |text: Option<String>| text.as_deref().and_then(Colour::parse);
    Branding {
        name: sum.name.unwrap_or(organisation.name),
        mark: sum.mark,
        accent_light: colour(sum.accent_light),
        accent_dark: colour(sum.accent_dark),
        contacts,
        help_url: sum.help_url,
        terms: sum.terms,
        language: organisation.language,
    }
}

/// What a unit of the actor's scope says, and what holds there.
pub async fn view(core: &Core, actor: &Actor, unit: &OrgUnitId) -> Result<BrandingView, Error> {
    const TEXTS: &str = "SELECT t.hash, t.text FROM terms_text t JOIN branding b \
        ON b.terms LIKE '%' || t.hash || '%' WHERE b.org_unit_id = $1";
    may_see(actor)?;
    let found = org::unit(core, unit).await?;
    if !actor.reaches(&found.path) {
        return Err(Error::not_found("organisational unit"));
    }
    let effective = of_unit(core, &found.path).await?;
    let mut said = Own::default();
    let mut updated_at = None;
    let own_path = format!("{unit}/");
    for row in core.db().query_all(AT, args![own_path]).await? {
        if row.opt_text(1)?.is_some() {
            said = own(&row)?;
            updated_at = row.opt_i64(14)?;
        }
    }
    let mut texts = BTreeMap::new();
    for row in core.db().query_all(TEXTS, args![unit]).await? {
        texts.insert(row.text(0)?, row.text(1)?);
    }
    let terms = said
        .terms
        .iter()
        .filter_map(|(lang, hash)| Some((lang.clone(), texts.get(hash)?.clone())))
        .collect();
    Ok(BrandingView {
        unit_id: unit.clone(),
        unit_name: found.name,
        own: said,
        terms,
        effective,
        updated_at,
    })
}

/// As units themselves: whoever sees something that lies in them.
fn may_see(actor: &Actor) -> Result<(), Error> {
    let any = [
        Permission::DevicesRead,
        Permission::PeopleRead,
        Permission::GroupsRead,
        Permission::UnitsWrite,
    ];
    if any.into_iter().any(|permission| actor.holds(permission)) {
        return Ok(());
    }
    crate::actor::may(actor, Permission::UnitsWrite)
}

/// A mark to be served.
pub struct MarkFile {
    pub kind: MarkType,
    pub bytes: Vec<u8>,
}

/// The file behind a hash.
pub async fn mark_file(core: &Core, hash: &str) -> Result<MarkFile, Error> {
    const FIND: &str = "SELECT content_type, bytes FROM branding_mark WHERE hash = $1";
    let missing = || Error::not_found("mark");
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let row = core.db().query_optional(FIND, args![hash]).await?;
    let row = row.ok_or_else(missing)?;
    Ok(MarkFile {
        kind: MarkType::parse(row.str(0)?).ok_or_else(missing)?,
        bytes: row.blob(1)?,
    })
}
