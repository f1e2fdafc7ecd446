//! A fleet as enrollment leaves it, all in one group.

use tillsyn_core::accounts::{self, InitInput};
use tillsyn_core::groups::{NewGroup, create_group};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::keys::KeyStore;
use tillsyn_core::settings::Organisation;
use tillsyn_core::{Actor, Clock, Core, CoreConfig, org};
use tillsyn_db::testing::TempDb;
use tillsyn_db::{DbError, Value, args};
use tillsyn_pki::seal::{KeyRing, MasterKey};

pub(crate) async fn open(db: &TempDb) -> Core {
    let keys = KeyStore::new(KeyRing::new(MasterKey::generate(1)));
    let organisation = Organisation::default();
    accounts::initialise(
        &db.db(),
        &Clock::system(),
        &keys,
        InitInput { organisation },
    )
    .await
    .unwrap();
    Core::open(db.db(), Clock::system(), CoreConfig::default(), keys)
        .await
        .unwrap()
}

/// Lays the rows; the answer is the group's id.
pub(crate) async fn load(core: &Core, devices: usize) -> String {
    const DEVICE: &str = "INSERT INTO device (id, org_unit_id, platform, serial_number, life_cycle, \
        created_at, updated_at)";
    const SUMMARY: &str = "INSERT INTO device_summary (device_id, org_unit_id, platform, \
        serial_number, os_version, status, ownership, enrollment_id, enrollment_type, \
        enrollment_status, contact, last_seen, created_at, updated_at)";
    const ENROLLMENT: &str = "INSERT INTO enrollment (id, device_id, org_unit_id, platform, claims, \
        enrollment_type, ownership, status, pin_sha256, udid, topic, access_rights, \
        profile_identifier, created_at)";
    const CHANNEL: &str = "INSERT INTO channel (id, enrollment_id, device_id, name, topic, contact, \
        created_at)";
    const MEMBER: &str =
        "INSERT INTO group_member (group_id, member_kind, member_id, added_by, added_at)";
    let unit = org::root(core).await.unwrap().id;
    let new = NewGroup {
        name: "All".to_owned(),
        description: None,
        unit: Some(unit.clone()),
    };
    let group = create_group(core, &Actor::system(), new).await.unwrap();
    let group = group.id.to_string();
    let now = core.now_ms();
    for chunk in (0..devices).collect::<Vec<_>>().chunks(1_000) {
        let mut rows: [Vec<Vec<Value>>; 5] = Default::default();
        for index in chunk {
            let id = |kind: &str| format!("{kind}-{index:08}");
            let device = DeviceId::new(now);
            rows[0].push(args![
                &device,
                &unit,
                "ios",
                id("SER"),
                "enrolled",
                now,
                now
            ]);
            rows[1].push(args![
                &device,
                &unit,
                "ios",
                id("SER"),
                "18.1",
                "active",
                "corporate",
                id("enr"),
                "profile",
                "active",
                "reachable",
                now,
                now,
                now
            ]);
            rows[2].push(args![
                id("enr"),
                &device,
                &unit,
                "ios",
                "{}",
                "profile",
                "corporate",
                "active",
                id("pin"),
                id("UDID"),
                "com.apple.mgmt.bench",
                8_191_i64,
                "bench",
                now
            ]);
            rows[3].push(args![
                id("chan"),
                id("enr"),
                &device,
                "device",
                "com.apple.mgmt.bench",
                "reachable",
                now
            ]);
            rows[4].push(args![group.as_str(), "device", &device, "bench", now]);
        }
        core.db()
            .write(rows, |tx, rows| {
                Box::pin(async move {
                    tx.insert_many(DEVICE, 7, rows[0].clone(), "").await?;
                    tx.insert_many(SUMMARY, 14, rows[1].clone(), "").await?;
                    tx.insert_many(ENROLLMENT, 14, rows[2].clone(), "").await?;
                    tx.insert_many(CHANNEL, 7, rows[3].clone(), "").await?;
                    tx.insert_many(MEMBER, 5, rows[4].clone(), "").await?;
                    Ok::<_, DbError>(())
                })
            })
            .await
            .unwrap();
    }
    group
}

/// As if every device had installed what it was to have, and proved it.
pub(crate) async fn obey(core: &Core) {
    for sql in [
        "UPDATE item_state SET delivered_version = desired_version, delivered_hash = desired_hash, \
         delivered_at = updated_at, delivered_sha256 = desired_hash, confirmed_hash = desired_hash, \
         confirmed_at = updated_at, proof = 'profile_list', state = 'as_desired', \
         command_id = NULL, command_version = NULL, command_hash = NULL",
        "UPDATE command SET status = 'acknowledged', finished = 1",
    ] {
        core.db().execute(sql, args![]).await.unwrap();
    }
}
