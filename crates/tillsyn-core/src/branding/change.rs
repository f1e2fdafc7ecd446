//! Changing what a unit says of itself.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::colour::{self, Colour, Theme};
use super::mark;
use super::read::{BrandingView, Contacts, view};
use super::terms;
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;
use crate::people::normal_email;
use crate::text;
use crate::units::find_in;

/// All that a unit says but for its mark, which has a way of its own; what is `None` comes from above.
#[derive(Clone, Debug, Default)]
pub struct BrandingEdit {
    pub name: Option<String>,
    /// `#rrggbb`.
    pub accent_light: Option<String>,
    pub accent_dark: Option<String>,
    pub contacts: Contacts,
    pub help_url: Option<String>,
    /// Texts by language.
    pub terms: BTreeMap<String, String>,
}

struct Checked {
    name: Option<String>,
    accent_light: Option<String>,
    accent_dark: Option<String>,
    contacts: Contacts,
    help_url: Option<String>,
    terms: BTreeMap<String, (String, String)>,
}

fn check(edit: BrandingEdit) -> Result<Checked, Error> {
    let mail = match text::optional("support_mail", edit.contacts.mail, 254)? {
        Some(mail) => Some(normal_email(&mail).map_err(|error| Error {
            field: Some("support_mail"),
            ..error
        })?),
        None => None,
    };
    let hex = |colour: Option<Colour>| colour.map(Colour::hex);
    let light = edit.accent_light.as_deref();
    let dark = edit.accent_dark.as_deref();
    Ok(Checked {
        name: text::optional("name", edit.name, 100)?,
        accent_light: hex(colour::accent("accent_light", light, Theme::Light)?),
        accent_dark: hex(colour::accent("accent_dark", dark, Theme::Dark)?),
        contacts: Contacts {
            mail,
            phone: phone(edit.contacts.phone)?,
            text: text::optional("support_text", edit.contacts.text, 200)?,
            hours: text::optional("support_hours", edit.contacts.hours, 100)?,
        },
        help_url: help_url(edit.help_url)?,
        terms: terms::check(edit.terms)?,
    })
}

fn phone(text: Option<String>) -> Result<Option<String>, Error> {
    let Some(text) = text::optional("support_phone", text, 40)? else {
        return Ok(None);
    };
    let fits = |c: char| c.is_ascii_digit() || " +-()/.".contains(c);
    if text.chars().filter(char::is_ascii_digit).count() < 3 || !text.chars().all(fits) {
        return Err(Error::invalid(
            "support_phone",
            "phone",
            "A telephone number has digits, spaces and the signs + - ( ) / . alone.",
        ));
    }
    Ok(Some(text))
}

/// People are led there from our own pages: to an encrypted address, and to nothing that runs.
fn help_url(text: Option<String>) -> Result<Option<String>, Error> {
    let Some(text) = text::optional("help_url", text, 500)? else {
        return Ok(None);
    };
    let host = text
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default();
    let plain = !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace);
    if !plain || text.contains(['"', '<', '>', '\\']) {
        return Err(Error::invalid(
            "help_url",
            "help_url",
            "The address begins with https:// and names no user.",
        ));
    }
    Ok(Some(text))
}

/// Whether an edit can be made, without making it.
pub fn check_edit(edit: &BrandingEdit) -> Result<(), Error> {
    check(edit.clone()).map(drop)
}

/// Sets what a unit says of itself; its mark stays.
pub async fn set(
    core: &Core,
    actor: &Actor,
    unit: &OrgUnitId,
    edit: BrandingEdit,
) -> Result<BrandingView, Error> {
    // Bad input of a unit out of reach is not told: the scope is decided first.
    authorize(actor, Permission::UnitsWrite, &path_of(core, unit).await?)?;
    let checked = check(edit)?;
    let input = (unit.clone(), checked, actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (unit, edit, actor, now)| {
            Box::pin(async move { set_in(tx, unit, edit, actor, *now).await })
        })
        .await?;
    view(core, actor, unit).await
}

async fn path_of(core: &Core, unit: &OrgUnitId) -> Result<String, Error> {
    Ok(crate::org::unit(core, unit).await?.path)
}

async fn set_in(
    tx: &Tx,
    unit: &OrgUnitId,
    edit: &Checked,
    actor: &Actor,
    now_ms: i64,
) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO branding (org_unit_id, name, accent_light, accent_dark, support_mail, \
        support_phone, support_text, support_hours, help_url, terms, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_unit_id) DO UPDATE SET \
        name = excluded.name, accent_light = excluded.accent_light, accent_dark = excluded.accent_dark, \
        support_mail = excluded.support_mail, support_phone = excluded.support_phone, \
        support_text = excluded.support_text, support_hours = excluded.support_hours, \
        help_url = excluded.help_url, terms = excluded.terms, updated_at = excluded.updated_at";
    let found = find_in(tx, unit.as_str()).await?;
    authorize(actor, Permission::UnitsWrite, &found.path)?;
    let mut hashes = BTreeMap::new();
    for (lang, (hash, text)) in &edit.terms {
        terms::keep_in(tx, lang, hash, text, now_ms).await?;
        hashes.insert(lang.as_str(), hash.as_str());
    }
    let contacts = &edit.contacts;
    let values = args![
        unit,
        edit.name.as_deref(),
        edit.accent_light.as_deref(),
        edit.accent_dark.as_deref(),
        contacts.mail.as_deref(),
        contacts.phone.as_deref(),
        contacts.text.as_deref(),
        contacts.hours.as_deref(),
        edit.help_url.as_deref(),
        json!(hashes).to_string(),
        now_ms
    ];
    tx.execute(PUT, values).await?;
    let after = json!({
        "name": edit.name, "accent_light": edit.accent_light, "accent_dark": edit.accent_dark,
        "contacts": contacts, "help_url": edit.help_url, "terms": hashes,
    });
    record(tx, actor, unit, now_ms, json!({"after": after})).await
}

/// Sets a unit's mark.
pub async fn set_mark(
    core: &Core,
    actor: &Actor,
    unit: &OrgUnitId,
    bytes: &[u8],
) -> Result<BrandingView, Error> {
    const KEEP: &str = "INSERT INTO branding_mark (hash, content_type, bytes, width, height, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING";
    const PUT: &str = "INSERT INTO branding (org_unit_id, mark_hash, terms, updated_at) \
        VALUES ($1, $2, '{}', $3) ON CONFLICT (org_unit_id) DO UPDATE SET \
        mark_hash = excluded.mark_hash, updated_at = excluded.updated_at";
    authorize(actor, Permission::UnitsWrite, &path_of(core, unit).await?)?;
    let checked = mark::check(bytes)?;
    let hash = hash::sha256_hex(&checked.bytes);
    let input = (unit.clone(), hash, checked, actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (unit, hash, mark, actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::UnitsWrite, &found.path)?;
                let (width, height) = (i64::from(mark.width), i64::from(mark.height));
                let bytes = mark.bytes.as_slice();
                let kind = mark.kind.as_str();
                let values = args![hash.as_str(), kind, bytes, width, height, *now];
                tx.execute(KEEP, values).await?;
                tx.execute(PUT, args![unit, hash.as_str(), *now]).await?;
                drop_unused_in(tx).await?;
                let details = json!({"after": {"mark": hash, "width": width, "height": height}});
                record(tx, actor, unit, *now, details).await
            })
        })
        .await?;
    view(core, actor, unit).await
}

/// Takes a unit's own mark away; it shows the one above, if there is one.
pub async fn remove_mark(core: &Core, actor: &Actor, unit: &OrgUnitId) -> Result<(), Error> {
    const CLEAR: &str = "UPDATE branding SET mark_hash = NULL, updated_at = $2 \
        WHERE org_unit_id = $1 AND mark_hash IS NOT NULL";
    let input = (unit.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (unit, actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::UnitsWrite, &found.path)?;
                if tx.execute(CLEAR, args![unit, *now]).await? == 0 {
                    return Ok(());
                }
                drop_unused_in(tx).await?;
                record(tx, actor, unit, *now, json!({"after": {"mark": null}})).await
            })
        })
        .await
}

/// Takes everything away that a unit says of itself.
pub async fn remove(core: &Core, actor: &Actor, unit: &OrgUnitId) -> Result<(), Error> {
    let input = (unit.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (unit, actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::UnitsWrite, &found.path)?;
                if !remove_in(tx, unit).await? {
                    return Ok(());
                }
                record(tx, actor, unit, *now, json!({"after": null})).await
            })
        })
        .await
}

/// The bare removal; false when there was nothing.
pub(crate) async fn remove_in(tx: &Tx, unit: &OrgUnitId) -> Result<bool, Error> {
    const REMOVE: &str = "DELETE FROM branding WHERE org_unit_id = $1";
    let removed = tx.execute(REMOVE, args![unit]).await?;
    if removed > 0 {
        drop_unused_in(tx).await?;
    }
    Ok(removed > 0)
}

/// A mark that nobody shows is not kept.
async fn drop_unused_in(tx: &Tx) -> Result<(), Error> {
    const DROP: &str = "DELETE FROM branding_mark WHERE hash NOT IN \
        (SELECT mark_hash FROM branding WHERE mark_hash IS NOT NULL)";
    tx.execute(DROP, args![]).await?;
    Ok(())
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    unit: &OrgUnitId,
    now_ms: i64,
    details: Json,
) -> Result<(), Error> {
    let event = NewEvent::done("unit.branding", "org_unit", unit.as_str(), unit.as_str());
    events::record(tx, actor, now_ms, event.with(details)).await?;
    Ok(())
}
