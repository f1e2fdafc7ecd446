//! What a pasted number or address names exactly.

use tillsyn_db::args;

use super::{Hit, HitKind};
use crate::actor::{Actor, Permission};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::CommandId;

/// Serial numbers and IMEIs are shorter than UDIDs; shorter texts than these are parts of something.
const SHORTEST: usize = 8;

pub(super) async fn exact(core: &Core, actor: &Actor, wanted: &str) -> Result<Option<Hit>, Error> {
    if wanted.contains('@') {
        return person(core, actor, wanted).await;
    }
    let bare: String = wanted.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if bare.chars().count() < SHORTEST || !bare.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    if let Some(found) = device(core, actor, wanted, &bare).await? {
        return Ok(Some(found));
    }
    command(core, actor, wanted).await
}

/// By serial number, IMEI or UDID. Of a personal device the number that was pasted is not shown.
async fn device(
    core: &Core,
    actor: &Actor,
    wanted: &str,
    bare: &str,
) -> Result<Option<Hit>, Error> {
    const FIND: &str = "SELECT d.device_id, d.name, d.serial_number, d.person_name, d.ownership \
        FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2";
    const NAMED: &str =
        " AND (d.serial_number IN ($3, $4) OR d.imei = $3 OR d.udid IN ($5, $6)) LIMIT 2";
    if !actor.holds(Permission::DevicesRead) {
        return Ok(None);
    }
    let sql = format!("{FIND}{}{NAMED}", actor.platform_filter());
    let path = actor.unit_path.as_str();
    let values = args![
        path,
        prefix_end(path),
        bare,
        bare.to_ascii_uppercase(),
        wanted,
        wanted.to_ascii_uppercase()
    ];
    let rows = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let [row] = rows.as_slice() else {
        return Ok(None);
    };
    let (id, serial) = (row.text(0)?, row.opt_text(2)?);
    let name = shown_name(row.opt_text(1)?.as_deref(), serial.as_deref(), &id);
    let personal = row.opt_text(4)?.as_deref() == Some("personal");
    let parts = [serial.filter(|_| !personal), row.opt_text(3)?];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Ok(Some(Hit::new(
        HitKind::Device,
        &id,
        name,
        parts.join(" · "),
    )))
}

/// By the present mail address.
async fn person(core: &Core, actor: &Actor, wanted: &str) -> Result<Option<Hit>, Error> {
    const FIND: &str = "SELECT p.id, p.name, COALESCE(p.email, '') FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2 AND p.status <> 'erased' AND p.email = $3 LIMIT 2";
    if !actor.holds(Permission::PeopleRead) {
        return Ok(None);
    }
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path), wanted.to_lowercase()];
    let rows = core.db().query_all(FIND, values).await?;
    let [row] = rows.as_slice() else {
        return Ok(None);
    };
    Ok(Some(Hit::new(
        HitKind::Person,
        row.str(0)?,
        row.text(1)?,
        row.text(2)?,
    )))
}

async fn command(core: &Core, actor: &Actor, wanted: &str) -> Result<Option<Hit>, Error> {
    const FIND: &str = "SELECT c.id, c.request_type, c.device_id, d.name, d.serial_number FROM command c \
        JOIN org_unit u ON u.id = c.org_unit_id JOIN device_summary d ON d.device_id = c.device_id \
        WHERE c.id = $3 AND u.path >= $1 AND u.path < $2";
    let Some(id) = CommandId::parse(&wanted.to_ascii_lowercase()) else {
        return Ok(None);
    };
    if !actor.holds(Permission::DevicesRead) {
        return Ok(None);
    }
    let sql = format!("{FIND}{}", actor.platform_filter());
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path), id.as_str()];
    let rows = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let device = row.text(2)?;
    let name = shown_name(
        row.opt_text(3)?.as_deref(),
        row.opt_text(4)?.as_deref(),
        &device,
    );
    Ok(Some(Hit {
        device_id: Some(device),
        ..Hit::new(HitKind::Command, row.str(0)?, row.text(1)?, name)
    }))
}
