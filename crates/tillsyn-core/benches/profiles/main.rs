//! What it takes to give a new version of one profile to everybody: planned, applied, and until every
//! install is queued. Once with a tenth of the devices and once with all of them, for the growth.
//!
//! `cargo bench -p tillsyn-core --bench profiles -- [--devices N] [--engine sqlite|postgres] [--smoke]`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and fails by panicking"
)]

mod fleet;

use std::time::Instant;

use tillsyn_core::assignments::{AssignedChannel, TargetKind, TargetRef, Terms};
use tillsyn_core::ids::ProfileId;
use tillsyn_core::plans::{self, Approval, Change};
use tillsyn_core::profiles::{
    DraftChange, NewProfile, Origin, SaveDraft, create_profile, open_draft, save_draft,
};
use tillsyn_core::{Actor, Core, jobs};
use tillsyn_db::testing::TempDb;
use tillsyn_db::{Engine, args};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1).cloned()
    };
    // `cargo test --benches` and nextest ask for a list; there is nothing to list.
    if args.iter().any(|arg| arg == "--list" || arg == "--test") {
        return;
    }
    let smoke = args.iter().any(|arg| arg == "--smoke");
    let most = if smoke { 1_000 } else { 100_000 };
    let devices = value("--devices").map_or(most, |text| text.parse().unwrap());
    let engine = match value("--engine").as_deref() {
        Some("postgres") => Engine::Postgres,
        _ => Engine::Sqlite,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!(
        "| devices | change | planned s | applied s | queued s | µs per device | statements per device |"
    );
    println!("|---|---|---|---|---|---|---|");
    let few = runtime.block_on(run(engine, devices / 10));
    let all = runtime.block_on(run(engine, devices));
    println!("growth from a tenth, per device: {:.2}", all / few);
}

/// Seconds of one change.
struct Took {
    plan: f64,
    apply: f64,
    queue: f64,
}

/// Microseconds per device of the new version.
async fn run(engine: Engine, devices: usize) -> f64 {
    let db = TempDb::new(engine, tillsyn_db::MIGRATIONS).await;
    let core = fleet::open(&db).await;
    let group = fleet::load(&core, devices).await;
    let actor = Actor::system();
    let new = NewProfile {
        name: None,
        description: None,
        unit: None,
        origin: Origin::Upload(upload("One")),
    };
    let profile = create_profile(&core, &actor, new).await.unwrap();
    let publish = publish(&core, &profile).await;
    measure(&core, publish).await;
    let include = vec![TargetRef {
        kind: TargetKind::Group,
        id: group,
    }];
    let assign = Change::Assign {
        profile_id: profile.to_string(),
        terms: Terms {
            channel: AssignedChannel::Device,
            version: None,
            include,
            exclude: Vec::new(),
        },
    };
    tell(&core, devices, "assigned", assign).await;
    fleet::obey(&core).await;
    let draft = open_draft(&core, &actor, &profile).await.unwrap();
    let save = SaveDraft {
        revision: draft.revision,
        change: DraftChange::Whole(upload("Two")),
        comment: None,
    };
    save_draft(&core, &actor, &profile, save).await.unwrap();
    let publish = self::publish(&core, &profile).await;
    tell(&core, devices, "new version", publish).await
}

async fn publish(core: &Core, profile: &ProfileId) -> Change {
    let draft = open_draft(core, &Actor::system(), profile).await.unwrap();
    Change::PublishVersion {
        profile_id: profile.to_string(),
        draft_revision: draft.revision,
        comment: None,
        version_id: None,
    }
}

/// Plans, applies and queues one change.
async fn measure(core: &Core, change: Change) -> Took {
    let actor = Actor::system();
    let start = Instant::now();
    let plan = plans::plan(core, &actor, change).await.unwrap();
    let planned = start.elapsed();
    plans::apply(core, &actor, &plan.id, Approval::default())
        .await
        .unwrap();
    let applied = start.elapsed();
    jobs::run(core, "reconcile").await.unwrap();
    let queued = start.elapsed();
    Took {
        plan: planned.as_secs_f64(),
        apply: applied.as_secs_f64() - planned.as_secs_f64(),
        queue: queued.as_secs_f64() - applied.as_secs_f64(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
async fn tell(core: &Core, devices: usize, name: &str, change: Change) -> f64 {
    const WAITING: &str =
        "SELECT count(*) FROM command WHERE finished = 0 AND request_type = 'InstallProfile'";
    let before = core.db().stats().statements;
    let took = measure(core, change).await;
    let statements = (core.db().stats().statements - before) as f64 / devices as f64;
    let rows = core.db().query_all(WAITING, args![]).await.unwrap();
    assert_eq!(rows[0].i64(0).unwrap(), i64::try_from(devices).unwrap());
    let each = (took.plan + took.apply + took.queue) * 1e6 / devices as f64;
    println!(
        "| {devices} | {name} | {:.2} | {:.2} | {:.2} | {each:.1} | {statements:.2} |",
        took.plan, took.apply, took.queue
    );
    each
}

fn upload(label: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.bench</string>
<key>PayloadUUID</key><string>6f1a4a62-7a55-4c0a-9a43-0f2a6f6c1a01</string>
<key>PayloadDisplayName</key><string>Bench</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.webClip.managed</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.bench.clip</string>
<key>PayloadUUID</key><string>6f1a4a62-7a55-4c0a-9a43-0f2a6f6c1a02</string>
<key>Label</key><string>{label}</string><key>URL</key><string>https://example.org/</string>
</dict></array></dict></plist>"#
    )
    .into_bytes()
}
