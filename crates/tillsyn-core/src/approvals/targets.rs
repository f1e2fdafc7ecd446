//! The devices of a request as they were when it was asked for, and as they are.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use crate::error::Error;

/// One device. Its person is an id: names of people are read when they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    pub device_id: String,
    pub name: Option<String>,
    pub serial_number: Option<String>,
    pub platform: String,
    pub person_id: Option<String>,
    pub last_seen: Option<i64>,
    pub status: String,
    pub ownership: Option<String>,
    pub enrollment_id: Option<String>,
    /// Where it is, for the scope of whoever decides; not kept.
    #[serde(skip)]
    pub unit_path: String,
}

impl Target {
    /// What makes it another target: another enrollment, person or owner.
    fn identity(&self) -> String {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        format!(
            "{} {} {} {}",
            self.device_id,
            part(&self.enrollment_id),
            part(&self.person_id),
            part(&self.ownership)
        )
    }
}

/// The same for the same set of devices, people and enrollments.
pub(crate) fn digest(targets: &[Target]) -> String {
    let mut all: Vec<String> = targets.iter().map(Target::identity).collect();
    all.sort_unstable();
    hash::sha256_hex(all.join("\n").as_bytes())
}

/// The devices as they are now, in the order of their ids; those that are gone are missing.
pub(crate) async fn snapshot_in(tx: &Tx, devices: Vec<String>) -> Result<Vec<Target>, Error> {
    const FIND: &str = "SELECT d.device_id, d.name, d.serial_number, d.platform, d.person_id, \
        d.last_seen, d.status, d.ownership, d.enrollment_id, u.path FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id {ids} ORDER BY d.device_id";
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.fetch_all_in(FIND, devices, args![]).await?;
    let decoded = rows.iter().map(|row| {
        Ok(Target {
            device_id: row.text(0)?,
            name: row.opt_text(1)?,
            serial_number: row.opt_text(2)?,
            platform: row.text(3)?,
            person_id: row.opt_text(4)?,
            last_seen: row.opt_i64(5)?,
            status: row.text(6)?,
            ownership: row.opt_text(7)?,
            enrollment_id: row.opt_text(8)?,
            unit_path: row.text(9)?,
        })
    });
    decoded.collect()
}
