//! A plan says what is done: its effects are what the reconciler then does, and its summary says what devices
//! make of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tillsyn_core::assignments::{AssignedChannel, TargetKind, TargetRef, Terms};
use tillsyn_core::groups::{Member, MemberKind};
use tillsyn_core::ids::{DeviceId, OrgUnitId, ProfileId};
use tillsyn_core::plans::{self, Approval, Change, Wins};
use tillsyn_core::profiles::{
    DraftChange, NewProfile, Origin, SaveDraft, create_profile, open_draft, save_draft,
};
use tillsyn_core::reconcile;
use tillsyn_db::args;
use tillsyn_sim::Device;
use tillsyn_testkit::{AppOptions, TestApp, both_engines};

/// A profile of one payload.
fn upload(name: &str, kind: &str, keys: &str) -> Vec<u8> {
    let uuid = |at: u8| {
        let seed: u32 = name.bytes().map(u32::from).sum();
        format!("6f1a4a62-7a55-4c0a-9a{at:02}-0f2a{seed:08x}")
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.{name}</string>
<key>PayloadUUID</key><string>{}</string>
<key>PayloadDisplayName</key><string>{name}</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>{kind}</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.{name}.one</string>
<key>PayloadUUID</key><string>{}</string>
{keys}</dict></array></dict></plist>"#,
        uuid(1),
        uuid(2)
    )
    .into_bytes()
}

fn clip(name: &str, label: &str) -> Vec<u8> {
    let keys = format!(
        "<key>Label</key><string>{label}</string><key>URL</key><string>https://example.org/</string>"
    );
    upload(name, "com.apple.webClip.managed", &keys)
}

async fn create(app: &TestApp, content: Vec<u8>) -> ProfileId {
    let new = NewProfile {
        name: None,
        description: None,
        unit: None,
        origin: Origin::Upload(content),
    };
    let id = create_profile(&app.core, &app.owner, new).await.unwrap();
    let change = publish(app, &id).await;
    plans::change_directly(&app.core, &app.owner, change)
        .await
        .unwrap();
    id
}

async fn publish(app: &TestApp, id: &ProfileId) -> Change {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    Change::PublishVersion {
        profile_id: id.to_string(),
        draft_revision: draft.revision,
        comment: None,
        version_id: None,
    }
}

async fn redraft(app: &TestApp, id: &ProfileId, content: Vec<u8>) -> Change {
    let draft = open_draft(&app.core, &app.owner, id).await.unwrap();
    let save = SaveDraft {
        revision: draft.revision,
        change: DraftChange::Whole(content),
        comment: None,
    };
    save_draft(&app.core, &app.owner, id, save).await.unwrap();
    publish(app, id).await
}

fn assign(profile: &ProfileId, include: Vec<TargetRef>, exclude: Vec<TargetRef>) -> Change {
    Change::Assign {
        profile_id: profile.to_string(),
        terms: Terms {
            channel: AssignedChannel::Device,
            version: None,
            include,
            exclude,
        },
    }
}

fn target(kind: TargetKind, id: &str) -> TargetRef {
    TargetRef {
        kind,
        id: id.to_owned(),
    }
}

fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

struct World {
    devices: Vec<String>,
    groups: Vec<String>,
    units: Vec<String>,
    people: Vec<String>,
    profiles: Vec<(ProfileId, &'static str, &'static str)>,
    turn: usize,
}

impl World {
    async fn make(app: &TestApp) -> (Self, Vec<Device>) {
        let api = app.owner_api().await;
        let machines = vec![
            app.enrolled_iphone().await,
            app.enrolled_mac().await,
            app.enrolled_iphone().await,
        ];
        let rows = app
            .db()
            .query_all("SELECT id FROM device ORDER BY id", args![])
            .await;
        let devices = rows
            .unwrap()
            .iter()
            .map(|row| row.text(0).unwrap())
            .collect();
        let mut world = Self {
            devices,
            groups: Vec::new(),
            units: Vec::new(),
            people: Vec::new(),
            profiles: Vec::new(),
            turn: 0,
        };
        world
            .units
            .push(app.text("SELECT id FROM org_unit").await.unwrap());
        let made = |answer: Value| answer["id"].as_str().unwrap().to_owned();
        for name in ["North", "South"] {
            let unit = api.post("/api/v1/units", &json!({"name": name})).await;
            world.units.push(made(unit.expect(201)));
            let group = api.post("/api/v1/groups", &json!({"name": name})).await;
            world.groups.push(made(group.expect(201)));
        }
        for person in [
            json!({"name": "Elin", "email": "elin@example.org"}),
            json!({"name": "Nils"}),
        ] {
            let person = api.post("/api/v1/people", &person).await;
            world.people.push(made(person.expect(201)));
        }
        for (name, label) in [
            ("plain", "Help"),
            ("unit", "Help of {{unit.name}}"),
            ("person", "Mail of {{person.email}}"),
        ] {
            world
                .profiles
                .push((create(app, clip(name, label)).await, name, label));
        }
        // A system that iPhones do not have: they refuse it as a whole.
        let vault = upload(
            "vault",
            "com.apple.MCX.FileVault2",
            "<key>Enable</key><string>On</string>",
        );
        world.profiles.push((create(app, vault).await, "vault", ""));
        (world, machines)
    }

    async fn change(&mut self, app: &TestApp, dice: &mut Dice) -> Change {
        self.turn += 1;
        let profile = dice.pick(&self.profiles).clone();
        let mut any = || match dice.roll(3) {
            0 => target(TargetKind::Device, dice.pick(&self.devices).as_str()),
            1 => target(TargetKind::Group, dice.pick(&self.groups).as_str()),
            _ => target(TargetKind::OrgUnit, dice.pick(&self.units).as_str()),
        };
        let (include, exclude) = (any(), any());
        match dice.roll(10) {
            0..=2 => assign(&profile.0, vec![include], Vec::new()),
            3 => assign(&profile.0, vec![include], vec![exclude]),
            4 => {
                let found = app
                    .text("SELECT id FROM assignment ORDER BY id DESC LIMIT 1")
                    .await;
                match found {
                    Some(assignment_id) => Change::Unassign { assignment_id },
                    None => assign(&profile.0, vec![include], Vec::new()),
                }
            }
            5 if profile.1 != "vault" => {
                let label = format!("{} {}", profile.2, self.turn);
                redraft(app, &profile.0, clip(profile.1, &label)).await
            }
            6 => {
                let of_device = || Member {
                    kind: MemberKind::Device,
                    id: String::new(),
                };
                let (add, remove) = (
                    dice.pick(&self.devices).clone(),
                    dice.pick(&self.devices).clone(),
                );
                let person = Member {
                    kind: MemberKind::Person,
                    id: dice.pick(&self.people).clone(),
                };
                Change::GroupMembers {
                    group_id: dice.pick(&self.groups).clone(),
                    add: vec![
                        Member {
                            id: add.clone(),
                            ..of_device()
                        },
                        person,
                    ],
                    remove: if add == remove {
                        Vec::new()
                    } else {
                        vec![Member {
                            id: remove,
                            ..of_device()
                        }]
                    },
                }
            }
            7 => Change::MoveDevice {
                device_ids: vec![dice.pick(&self.devices).clone()],
                unit_id: dice.pick(&self.units).clone(),
            },
            8 => Change::SetDevicePerson {
                device_id: dice.pick(&self.devices).clone(),
                person_id: Some(dice.pick(&self.people).clone()).filter(|_| dice.roll(3) > 0),
            },
            _ => match dice.roll(2) {
                0 => Change::ArchiveProfile {
                    profile_id: profile.0.to_string(),
                },
                _ => Change::RestoreProfile {
                    profile_id: profile.0.to_string(),
                },
            },
        }
    }
}

type Key = (String, String, String);

/// An item as the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    version: Option<i64>,
    hash: Option<String>,
    state: String,
    reason: Option<String>,
    command: Option<(String, String)>,
    carries: Option<String>,
    there: bool,
}

async fn rows(app: &TestApp) -> BTreeMap<Key, Row> {
    const ALL: &str = "SELECT s.device_id, ch.name, s.item_id, s.desired_version, s.desired_hash, s.state, \
        s.reason, c.id, c.request_type, s.command_hash, \
        CASE WHEN COALESCE(s.delivered_hash, s.confirmed_hash) IS NULL THEN 0 ELSE 1 END \
        FROM item_state s JOIN channel ch ON ch.id = s.channel_id \
        LEFT JOIN command c ON c.id = s.command_id AND c.finished = 0";
    let rows = app.db().query_all(ALL, args![]).await.unwrap();
    let rows = rows.iter().map(|row| {
        let key = (
            row.text(0).unwrap(),
            row.text(1).unwrap(),
            row.text(2).unwrap(),
        );
        let command = row.opt_text(7).unwrap().zip(row.opt_text(8).unwrap());
        let one = Row {
            version: row.opt_i64(3).unwrap(),
            hash: row.opt_text(4).unwrap(),
            state: row.text(5).unwrap(),
            reason: row.opt_text(6).unwrap(),
            command,
            carries: row.opt_text(9).unwrap(),
            there: row.i64(10).unwrap() == 1,
        };
        (key, one)
    });
    rows.collect()
}

/// What was done to an item, told from the store alone.
fn done(before: Option<&Row>, after: Option<&Row>) -> Option<(&'static str, Option<i64>)> {
    let Some(after) = after else {
        return before.map(|_| ("withdraw", None));
    };
    let new = before.and_then(|b| b.command.as_ref()) != after.command.as_ref();
    let carries = before.and_then(|b| b.carries.as_ref()) != after.carries.as_ref();
    let there = before.is_some_and(|before| before.there);
    match &after.command {
        Some((_, kind)) if new && kind == "RemoveProfile" => Some(("remove", None)),
        Some((_, kind)) if kind == "InstallProfile" && (new || carries) => {
            Some((if there { "replace" } else { "install" }, after.version))
        }
        _ if before.map(|b| &b.hash) == Some(&after.hash) => None,
        _ if after.state == "refused" => Some(("refused", after.version)),
        _ => None,
    }
}

async fn settle(app: &TestApp) {
    app.run_job("reconcile").await;
}

async fn plan_equals_apply(app: TestApp, seed: u64, turns: usize) {
    let (mut world, mut machines) = World::make(&app).await;
    let mut dice = Dice(seed);
    settle(&app).await;
    let mut met: BTreeMap<&'static str, usize> = BTreeMap::new();
    for turn in 0..turns {
        if dice.roll(3) == 0 {
            for machine in &mut machines {
                machine.sessions().await.unwrap();
            }
            settle(&app).await;
        }
        let change = world.change(&app, &mut dice).await;
        // What cannot be done is told instead of a plan.
        let Ok(plan) = plans::plan(&app.core, &app.owner, change.clone()).await else {
            continue;
        };
        let page = plans::effects(&app.core, &app.owner, &plan.id, None, None, Some(1000)).await;
        let said: BTreeMap<Key, (&str, Option<i64>)> = page
            .unwrap()
            .items
            .into_iter()
            .map(|of| {
                (
                    (of.device_id, of.channel, of.item_id.unwrap()),
                    (of.effect.as_str(), of.new_version),
                )
            })
            .collect();
        assert_eq!(plan.summary.effects.total(), said.len());
        let before = rows(&app).await;
        let approval = Approval {
            reason: Some("because".to_owned()),
            confirm: Some(plan.summary.removes_from.to_string()),
        };
        plans::apply(&app.core, &app.owner, &plan.id, approval)
            .await
            .unwrap();
        settle(&app).await;
        let after = rows(&app).await;
        let keys: std::collections::BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
        let did: BTreeMap<Key, (&str, Option<i64>)> = keys
            .into_iter()
            .filter_map(|key| Some((key.clone(), done(before.get(key), after.get(key))?)))
            .collect();
        assert_eq!(
            said, did,
            "seed {seed}, turn {turn}: {change:?}\n{before:#?}\n{after:#?}"
        );
        for (kind, _) in did.values() {
            *met.entry(kind).or_default() += 1;
        }
    }
    assert!(met.len() >= 4, "the worlds show too little: {met:?}");
}

both_engines!(
    a_plan_is_what_is_done_in_a_first_world,
    still(),
    |app| async move {
        plan_equals_apply(app, 1, 40).await;
    }
);

both_engines!(
    a_plan_is_what_is_done_in_a_second_world,
    still(),
    |app| async move {
        plan_equals_apply(app, 7_777, 40).await;
    }
);

both_engines!(
    a_plan_tells_what_devices_make_of_it,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        // They have told what they are.
        for mut machine in [app.enrolled_iphone().await, app.enrolled_mac().await] {
            machine.sessions().await.unwrap();
        }
        let root = app.text("SELECT id FROM org_unit").await.unwrap();
        let all = || vec![target(TargetKind::OrgUnit, &root)];
        let restrict = |name, keys: &str| upload(name, "com.apple.applicationaccess", keys);
        let strict = create(&app, restrict("strict", "<key>allowCamera</key><false/>")).await;
        plans::change_directly(&app.core, &app.owner, assign(&strict, all(), Vec::new()))
            .await
            .unwrap();
        // Only supervised iPhones let nobody erase them; Macs do not know the key in this way.
        let keys = "<key>allowCamera</key><true/><key>allowEraseContentAndSettings</key><false/>\
        <key>allowScreenShot</key><true/>";
        let loose = create(&app, restrict("loose", keys)).await;
        let plan = plans::plan(&app.core, &app.owner, assign(&loose, all(), Vec::new())).await;
        let plan = plan.unwrap();
        let conflict = plan
            .summary
            .conflicts
            .iter()
            .find(|of| of.code == "value")
            .unwrap();
        assert_eq!(
            (conflict.profile.name.as_str(), conflict.other.name.as_str()),
            ("loose", "strict")
        );
        assert_eq!(conflict.devices, 2);
        let camera = &conflict.settings[0];
        assert_eq!(
            (camera.key.as_str(), camera.wins),
            ("allowCamera", Wins::Other)
        );
        assert_eq!(camera.result, Some(json!(false)));
        let erase = "allowEraseContentAndSettings";
        let ignored = plan
            .summary
            .ignored
            .iter()
            .find(|of| of.key.as_deref() == Some(erase));
        let ignored = ignored.unwrap_or_else(|| panic!("{:?}", plan.summary));
        assert_eq!(ignored.profile.name, "loose");
        assert_eq!(
            (plan.summary.receiving, plan.summary.apply_all < 2),
            (2, true)
        );

        // An iPhone has no FileVault, and nobody has a mail address.
        let vault = upload(
            "vault",
            "com.apple.MCX.FileVault2",
            "<key>Enable</key><string>On</string>",
        );
        let vault = create(&app, vault).await;
        let refused = json!({"change": {"kind": "assign", "profile_id": vault.as_str(),
        "include": [{"kind": "org_unit", "id": root}]}});
        let plan = api.post("/api/v1/plans", &refused).await.expect(201);
        let summary = &plan["summary"];
        assert_eq!(
            (
                &summary["effects"]["refused"],
                &summary["effects"]["install"]
            ),
            (&json!(1), &json!(1))
        );
        let why = &summary["refusals"][0];
        assert_eq!(
            (&why["reason"], &why["devices"]),
            (&json!("nothing_applies"), &json!(1))
        );
        let path = format!(
            "/api/v1/plans/{}/effects?effect=refused",
            plan["id"].as_str().unwrap()
        );
        let effects = api.get(&path).await.expect(200);
        assert_eq!(effects["items"][0]["reason"], "unsupported");
        assert_eq!(effects["items"].as_array().unwrap().len(), 1);
        let mail = create(&app, clip("mail", "{{person.email}}")).await;
        let plan = plans::plan(&app.core, &app.owner, assign(&mail, all(), Vec::new())).await;
        let summary = plan.unwrap().summary;
        assert_eq!((summary.effects.refused, summary.receiving), (2, 0));
        let mut refusals = summary.refusals.iter();
        let missing = refusals.find(|of| of.reason == "variable_missing").unwrap();
        assert_eq!(
            (missing.reason.as_str(), missing.key.as_deref()),
            ("variable_missing", Some("person.email"))
        );
        // The Mac refuses it for a reason of its own.
        assert_eq!(missing.devices, 1);
    }
);

both_engines!(
    what_lies_above_the_reader_has_no_name,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await.sessions().await.unwrap();
        let device = app.text("SELECT id FROM device").await.unwrap();
        let root = app.text("SELECT id FROM org_unit").await.unwrap();
        let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
        let law = law.expect(201)["id"].as_str().unwrap().to_owned();
        let moved = json!({"device_ids": [device], "unit_id": law});
        let moved = api.post("/api/v1/devices/move", &moved).await;
        assert_eq!(moved.status, 204);
        let restrict = |name, keys: &str| upload(name, "com.apple.applicationaccess", keys);
        let (core, owner) = (&app.core, &app.owner);
        let strict = create(&app, restrict("strict", "<key>allowCamera</key><false/>")).await;
        let all = vec![target(TargetKind::OrgUnit, &root)];
        plans::change_directly(core, owner, assign(&strict, all, Vec::new()))
            .await
            .unwrap();
        let camera = "<key>allowCamera</key><true/>";
        let new = NewProfile {
            name: None,
            description: None,
            unit: OrgUnitId::parse(&law),
            origin: Origin::Upload(restrict("loose", camera)),
        };
        let loose = create_profile(core, owner, new).await.unwrap();
        let published = publish(&app, &loose).await;
        plans::change_directly(core, owner, published)
            .await
            .unwrap();
        let here = vec![target(TargetKind::OrgUnit, &law)];
        let plan = plans::plan(core, owner, assign(&loose, here, Vec::new())).await;
        let plan = plan.unwrap();
        assert_eq!(plan.summary.conflicts[0].other.shown(), Some("strict"));

        let mut reader = owner.clone();
        let path = "SELECT path FROM org_unit WHERE name = 'Law'";
        reader.unit_path = app.text(path).await.unwrap();
        let told = plans::find(core, &reader, &plan.id).await.unwrap();
        plans::apply(core, owner, &plan.id, Approval::default())
            .await
            .unwrap();
        let more = format!("{camera}<key>allowScreenShot</key><true/>");
        redraft(&app, &loose, restrict("loose", &more)).await;
        let effect = plans::preview(core, &reader, &loose).await.unwrap();
        for summary in [told.summary, effect] {
            let conflict = &summary.conflicts[0];
            assert_eq!(
                (conflict.profile.shown(), conflict.other.shown()),
                (Some("loose"), None)
            );
            let camera = &conflict.settings[0];
            assert_eq!(
                (&camera.value, &camera.other_value),
                (&json!(true), &Value::Null)
            );
            assert_eq!(camera.result, None);
        }
        app.run_job("reconcile").await;
        let device = DeviceId::parse(&device).unwrap();
        let found = reconcile::items_of_device(core, &reader, &device).await;
        let items = found.unwrap().items;
        let names: Vec<_> = items
            .iter()
            .map(|item| item.profile_name.as_deref())
            .collect();
        assert_eq!(names, [Some("loose"), None]);
        assert!(items[1].profile_id.is_none());
    }
);
