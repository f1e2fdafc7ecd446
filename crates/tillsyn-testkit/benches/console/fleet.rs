//! A university's fleet as rows: departments, people, devices, commands, events.

use tillsyn_core::ids::DeviceId;
use tillsyn_core::units::{NewUnit, create_unit};
use tillsyn_db::{DbError, Value, args};
use tillsyn_testkit::TestApp;

const DEPARTMENTS: usize = 40;
const FIRST: [&str; 16] = [
    "Maja", "Per", "Aiko", "Elin", "Johan", "Sara", "Ken", "Lena", "Omar", "Ida", "Yuki", "Nils",
    "Eva", "Hugo", "Mei", "Olof",
];
const LAST: [&str; 16] = [
    "Lind", "Berg", "Tanaka", "Ek", "Holm", "Sato", "Dahl", "Nyman", "Haddad", "Ström", "Mori",
    "Falk", "Åberg", "Kato", "Öst", "Wik",
];
const MODELS: [(&str, &str, &str, &str); 4] = [
    ("ios", "iPhone17,3", "iPhone 16", "IPH"),
    ("ipados", "iPad14,8", "iPad Air 11-inch", "IPD"),
    ("macos", "Mac15,12", "MacBook Air", "MBA"),
    ("macos", "Mac16,1", "MacBook Pro", "MBP"),
];
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What pages can be asked about.
pub(crate) struct Fleet {
    pub(crate) unit: String,
    pub(crate) device: String,
    pub(crate) person: String,
    pub(crate) serial: String,
}

struct Rows {
    people: Vec<Vec<Value>>,
    devices: Vec<Vec<Value>>,
    summaries: Vec<Vec<Value>>,
    enrollments: Vec<Vec<Value>>,
    channels: Vec<Vec<Value>>,
    batches: Vec<Vec<Value>>,
    commands: Vec<Vec<Value>>,
    facts: Vec<Vec<Value>>,
}

/// Lays so many devices.
pub(crate) async fn load(app: &TestApp, devices: usize) -> Fleet {
    let mut units = Vec::new();
    for number in 0..DEPARTMENTS {
        let new = NewUnit {
            name: format!("Department {number:02}"),
            parent: None,
        };
        let unit = create_unit(&app.core, &app.owner, new).await.unwrap();
        units.push(unit.id.to_string());
    }
    let mut fleet = Fleet {
        unit: units[7].clone(),
        device: String::new(),
        person: String::new(),
        serial: String::new(),
    };
    for chunk in (0..devices).collect::<Vec<_>>().chunks(1_000) {
        let mut rows = Rows {
            people: Vec::new(),
            devices: Vec::new(),
            summaries: Vec::new(),
            enrollments: Vec::new(),
            channels: Vec::new(),
            batches: Vec::new(),
            commands: Vec::new(),
            facts: Vec::new(),
        };
        for index in chunk {
            let laid = lay(&mut rows, app, &units, *index);
            if *index == devices / 2 {
                (fleet.device, fleet.person, fleet.serial) = laid;
            }
        }
        write(app, rows).await;
    }
    // As a database is that has run for a day.
    app.run_job("search_words").await;
    app.run_job("people_words").await;
    app.db().execute("ANALYZE", args![]).await.unwrap();
    fleet
}

fn lay(rows: &mut Rows, app: &TestApp, units: &[String], index: usize) -> (String, String, String) {
    let now = app.core.now_ms();
    let ago = |ms: usize| now - i64::try_from(ms).unwrap();
    let unit = units[index % units.len()].as_str();
    let (platform, model, model_name, kind) = MODELS[index % 7 % MODELS.len()];
    let device = DeviceId::new(now).to_string();
    let serial = format!("C{:011}", index * 7_919 % 99_999_999_977);
    let person = format!(
        "01939f3c-5a10-7c3e-9d41-{:012}",
        index / 4 * 3 + index % 4 % 3
    );
    let person_name = format!(
        "{} {} {}",
        FIRST[index % 16],
        LAST[index / 16 % 16],
        index / 4 * 3 + index % 4 % 3
    );
    if index % 4 != 3 {
        let mail = format!("{person}@example.org");
        rows.people.push(args![
            person.as_str(),
            unit,
            person_name.as_str(),
            mail,
            "active",
            now,
            now
        ]);
    }
    let os = format!("{}.{}", 17 + index % 3, index % 5);
    let (status, enrollment) = match index % 25 {
        0 => ("retired", "removed"),
        1 => ("not_seen", "active"),
        _ => ("active", "active"),
    };
    let contact = match index % 50 {
        2 => "unreachable",
        3 => "unhealthy",
        _ => "reachable",
    };
    let personal = if index % 6 == 5 {
        "personal"
    } else {
        "corporate"
    };
    let seen = ago(index % 500 * 600_000);
    let enrolled = now - DAY_MS * i64::try_from(index % 900).unwrap();
    let id = |kind: &str| format!("{kind}-{index:08}");
    rows.devices.push(args![
        device.as_str(),
        unit,
        platform,
        serial.as_str(),
        "enrolled",
        enrolled,
        now
    ]);
    rows.summaries.push(args![
        device.as_str(),
        unit,
        platform,
        format!("DEP{:02}-{kind}-{index:05}", index % units.len()),
        serial.as_str(),
        id("UDID"),
        model,
        model_name,
        os,
        status,
        personal,
        id("enr"),
        "profile",
        enrollment,
        contact,
        person.as_str(),
        person_name.as_str(),
        enrolled,
        seen,
        enrolled,
        now
    ]);
    rows.enrollments.push(args![
        id("enr"),
        device.as_str(),
        unit,
        platform,
        "{}",
        "profile",
        personal,
        enrollment,
        id("pin"),
        id("UDID"),
        "com.apple.mgmt.bench",
        8_191_i64,
        "bench",
        enrolled
    ]);
    rows.channels.push(args![
        id("chan"),
        id("enr"),
        device.as_str(),
        "device",
        "com.apple.mgmt.bench",
        contact,
        enrolled
    ]);
    commands(rows, unit, &device, index, now);
    for name in ["battery_level", "device_capacity", "wifi_mac"] {
        rows.facts.push(args![
            device.as_str(),
            name,
            "\"1\"",
            "DeviceInformation",
            seen,
            seen
        ]);
    }
    (device, person, serial)
}

/// Three commands of each device: most are over, one device in twenty waits for one.
fn commands(rows: &mut Rows, unit: &str, device: &str, index: usize, now: i64) {
    for number in 0..3_usize {
        let batch = format!("batch-{index:08}-{number}");
        let at = now - i64::try_from((index % 1_000) * 400_000 + number * 60_000).unwrap();
        let (status, finished) = match (number, index % 60) {
            (2, 0) => ("not_now", 0_i64),
            (2, 20) => ("pending", 0),
            (2, 40) => ("push_sent", 0),
            (1, 30) => ("error", 1),
            _ => ("acknowledged", 1),
        };
        rows.batches.push(args![
            batch.as_str(),
            "DeviceInformation",
            "{}",
            1_i64,
            "digest",
            "system",
            "system",
            at
        ]);
        rows.commands.push(args![
            format!("command-{index:08}-{number}"),
            batch,
            format!("chan-{index:08}"),
            format!("enr-{index:08}"),
            device,
            unit,
            "DeviceInformation",
            status,
            finished,
            5_i64,
            i64::try_from(index).unwrap(),
            at,
            at,
            now + DAY_MS
        ]);
    }
}

async fn write(app: &TestApp, rows: Rows) {
    const PERSON: &str =
        "INSERT INTO person (id, org_unit_id, name, email, status, created_at, updated_at)";
    const DEVICE: &str = "INSERT INTO device (id, org_unit_id, platform, serial_number, life_cycle, \
        created_at, updated_at)";
    const SUMMARY: &str = "INSERT INTO device_summary (device_id, org_unit_id, platform, name, \
        serial_number, udid, model, model_name, os_version, status, ownership, enrollment_id, \
        enrollment_type, enrollment_status, contact, person_id, person_name, enrolled_at, last_seen, \
        created_at, updated_at)";
    const ENROLLMENT: &str = "INSERT INTO enrollment (id, device_id, org_unit_id, platform, claims, \
        enrollment_type, ownership, status, pin_sha256, udid, topic, access_rights, \
        profile_identifier, created_at)";
    const CHANNEL: &str =
        "INSERT INTO channel (id, enrollment_id, device_id, name, topic, contact, created_at)";
    const BATCH: &str = "INSERT INTO command_batch (id, request_type, request, targets, targets_digest, \
        actor_kind, actor_id, created_at)";
    const COMMAND: &str = "INSERT INTO command (id, batch_id, channel_id, enrollment_id, device_id, \
        org_unit_id, request_type, status, finished, lane, position, created_at, updated_at, expires_at)";
    const FACT: &str = "INSERT INTO fact (device_id, name, value, source, observed_at, changed_at)";
    app.db()
        .write(rows, |tx, rows| {
            Box::pin(async move {
                tx.insert_many(PERSON, 7, rows.people.clone(), "").await?;
                tx.insert_many(DEVICE, 7, rows.devices.clone(), "").await?;
                tx.insert_many(SUMMARY, 21, rows.summaries.clone(), "")
                    .await?;
                tx.insert_many(ENROLLMENT, 14, rows.enrollments.clone(), "")
                    .await?;
                tx.insert_many(CHANNEL, 7, rows.channels.clone(), "")
                    .await?;
                tx.insert_many(BATCH, 8, rows.batches.clone(), "").await?;
                tx.insert_many(COMMAND, 14, rows.commands.clone(), "")
                    .await?;
                tx.insert_many(FACT, 6, rows.facts.clone(), "").await?;
                Ok::<_, DbError>(())
            })
        })
        .await
        .unwrap();
}
