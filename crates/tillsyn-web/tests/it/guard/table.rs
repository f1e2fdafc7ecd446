//! Every entry point × every act × below, at and above each threshold × who asks. What is expected is
//! worked out from the table of security §6, as it stands there, not from the code.

use serde_json::{Value as Json, json};
use tillsyn_core::Actor;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::ids::DeviceId;
use tillsyn_db::args;
use tillsyn_testkit::{Api, Engine, TestApp, both_engines};

use super::{ERASE, fleet, still};
use crate::console::browser::Browser;

/// One line of the table.
struct Line {
    name: &'static str,
    /// "single lock, lost mode: at once" against "fresh authentication, typed name, hold".
    slow: bool,
    /// "at most … erases/retires": what may be one counts, too.
    budget: bool,
    command: fn(&str) -> Json,
}

const LINES: [Line; 8] = [
    Line {
        name: "lock",
        slow: false,
        budget: false,
        command: |_| json!({ "type": "DeviceLock" }),
    },
    Line {
        name: "erase",
        slow: true,
        budget: true,
        command: |_| json!({ "type": "EraseDevice" }),
    },
    Line {
        name: "retire",
        slow: true,
        budget: true,
        command: |own| json!({ "type": "RemoveProfile", "identifier": own }),
    },
    Line {
        name: "an erase as a raw command",
        slow: true,
        budget: true,
        command: |_| raw("EraseDevice"),
    },
    Line {
        name: "a raw command that nobody knows",
        slow: true,
        budget: true,
        command: |_| raw("EraseEverythingNow"),
    },
    Line {
        name: "clear passcode",
        slow: true,
        budget: false,
        command: |_| json!({ "type": "ClearPasscode" }),
    },
    Line {
        name: "lost mode",
        slow: false,
        budget: false,
        command: |_| json!({ "type": "EnableLostMode", "message": "Lost" }),
    },
    Line {
        name: "the removal of a profile",
        slow: false,
        budget: false,
        command: |_| json!({ "type": "RemoveProfile", "identifier": "org.example.other" }),
    },
];

fn raw(kind: &str) -> Json {
    let plist = format!(
        "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>Command</key><dict>\
         <key>RequestType</key><string>{kind}</string></dict></dict></plist>"
    );
    json!({ "type": "Raw", "plist": plist })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Account,
    /// Or its rights: newer than a day.
    Newcomer,
    Token,
}

/// One row of what is tried.
#[derive(Clone, Copy, Debug)]
struct Case {
    devices: usize,
    who: Who,
    /// Erases and retires of the same person before, in the last minutes.
    own_used: usize,
    /// Of others.
    others_used: usize,
    hold_minutes: i64,
}

const PER_ORGANISATION: usize = 10;
const PER_PERSON: usize = 5;

/// Status and reason, by the table.
fn expected(line: &Line, case: Case) -> (&'static str, Option<&'static str>) {
    let fits = case.own_used + case.devices <= PER_PERSON
        && case.own_used + case.others_used + case.devices <= PER_ORGANISATION;
    match (case.devices, case.who) {
        (6.., _) => ("held", Some("second_person")),
        (2.., Who::Newcomer) => ("held", Some("new_account")),
        // S55: what they did before counts, save that a single lock or lost mode always goes.
        (_, Who::Newcomer) if case.own_used > 0 && !matches!(line.name, "lock" | "lost mode") => {
            ("held", Some("new_account"))
        }
        _ if !line.slow => ("queued", None),
        _ if line.budget && !fits => ("held", Some("budget")),
        (_, Who::Token) => ("held", Some("hold")),
        _ if case.hold_minutes == 0 => ("queued", None),
        _ => ("held", Some("hold")),
    }
}

/// Each threshold from both sides; of what draws no budget only that an empty one does not matter.
fn cases(line: &Line) -> Vec<Case> {
    let mut all = Vec::new();
    for devices in [1, 2, 5, 6] {
        for who in [Who::Account, Who::Newcomer, Who::Token] {
            let case = Case {
                devices,
                who,
                own_used: 0,
                others_used: 0,
                hold_minutes: 5,
            };
            let below = PER_PERSON.saturating_sub(devices);
            let of_all = PER_ORGANISATION.saturating_sub(devices);
            all.push(case);
            all.push(Case {
                hold_minutes: 0,
                ..case
            });
            let used = [(below + 1, 0), (below, 0), (0, of_all), (0, of_all + 1)];
            let used = if line.budget { &used[..] } else { &used[..1] };
            for &(own_used, others_used) in used {
                all.push(Case {
                    own_used,
                    others_used,
                    ..case
                });
            }
        }
    }
    all
}

async fn prepare(app: &TestApp, case: Case) {
    const CLEAR: [&str; 4] = [
        "UPDATE command SET status = 'cancelled', finished = 1 WHERE finished = 0",
        "UPDATE approval SET status = 'cancelled' WHERE status = 'waiting'",
        "DELETE FROM guard_use",
        "DELETE FROM setting WHERE name = 'guard'",
    ];
    const USE: &str = "INSERT INTO guard_use (at, act, actor_id, device_id, command_id) \
        VALUES ($1, 'erase', $2, 'd', 'c')";
    const HOLD: &str = "INSERT INTO setting (name, value, updated_at) VALUES ('guard', $1, 0)";
    let db = app.db();
    for sql in CLEAR {
        db.execute(sql, Vec::new()).await.unwrap();
    }
    let me = app.owner.account_id.as_ref().unwrap().as_str();
    let used = [(me, case.own_used), ("somebody", case.others_used)];
    for (who, times) in used {
        for _ in 0..times {
            let values = args![app.core.now_ms() - 60_000, who];
            db.execute(USE, values).await.unwrap();
        }
    }
    let hold = json!({ "hold_minutes": case.hold_minutes }).to_string();
    db.execute(HOLD, args![hold]).await.unwrap();
}

/// What a person of a session asks: the console and everything else of the core call this.
async fn by_account(app: &TestApp, by: &Actor, ids: &[DeviceId], command: Json) {
    let (request, profile) = Request::read(command).unwrap();
    let seen = commands::preview(&app.core, &app.owner, ids.to_vec(), request.clone());
    let seen = seen.await.unwrap();
    let new = NewCommand {
        devices: ids.to_vec(),
        request,
        profile,
        reason: Some("Sold".to_owned()),
        confirmation: Confirmation {
            typed: seen.confirm_with,
            targets_digest: Some(seen.targets_digest),
        },
    };
    commands::enqueue(&app.core, by, new).await.unwrap();
}

/// The same by a program; `tillsyn` itself is one.
async fn by_token(app: &TestApp, api: &Api, ids: &[DeviceId], command: Json) {
    let (request, _) = Request::read(command.clone()).unwrap();
    let seen = commands::preview(&app.core, &app.owner, ids.to_vec(), request);
    let seen = seen.await.unwrap();
    let devices: Vec<&str> = ids.iter().map(DeviceId::as_str).collect();
    let body = json!({
        "devices": devices, "command": command, "reason": "Sold", "confirm": seen.confirm_with,
        "targets_digest": seen.targets_digest,
    });
    api.post("/api/v1/commands", &body).await.expect(202);
}

/// All commands that were made, as status and reason.
async fn made(app: &TestApp) -> Vec<(String, Option<String>)> {
    const MADE: &str = "SELECT status, status_reason FROM command \
        WHERE finished = 0 AND act IS NOT NULL";
    let rows = app.db().query_all(MADE, Vec::new()).await.unwrap();
    rows.iter()
        .map(|row| (row.text(0).unwrap(), row.opt_text(1).unwrap()))
        .collect()
}

async fn check(app: &TestApp, line: &Line, case: Case, entry: &str) {
    const ASKED: &str = "SELECT cause FROM approval WHERE status = 'waiting'";
    let (status, reason) = expected(line, case);
    let made = made(app).await;
    let what = format!("{} by {entry}: {case:?}", line.name);
    assert_eq!(made.len(), case.devices, "{what}");
    for (found, why) in &made {
        assert_eq!((found.as_str(), why.as_deref()), (status, reason), "{what}");
    }
    // What waits for somebody is among the approvals with the same cause, and nothing else is.
    let cause = app.text(ASKED).await;
    assert_eq!(
        cause.as_deref(),
        reason.filter(|reason| *reason != "hold"),
        "{what}"
    );
}

both_engines!(
    every_entry_point_holds_every_act_as_the_table_says,
    still(),
    |app| async move {
        const OWN: &str = "SELECT profile_identifier FROM enrollment LIMIT 1";
        const SUPERVISED: &str = "UPDATE device_summary SET supervised = 1";
        let ids = fleet(&app, 6).await;
        app.db().execute(SUPERVISED, Vec::new()).await.unwrap();
        let own = app.text(OWN).await.unwrap();
        let api = app.owner_api().await;
        let mut newcomer = app.owner.clone();
        newcomer.trusted_since = Some(app.core.now_ms() - 1_000);
        // The decision is the same code on both engines; what differs is the SQL that counts.
        let step = match app.db().engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => 4,
        };
        for (nth, line) in LINES.iter().enumerate() {
            let command = || (line.command)(&own);
            for case in cases(line).into_iter().skip(nth % step).step_by(step) {
                let devices = &ids[..case.devices];
                prepare(&app, case).await;
                match case.who {
                    Who::Account => by_account(&app, &app.owner, devices, command()).await,
                    Who::Newcomer => by_account(&app, &newcomer, devices, command()).await,
                    Who::Token => by_token(&app, &api, devices, command()).await,
                }
                check(&app, line, case, "the door").await;
            }
        }
    }
);

both_engines!(
    the_verbs_of_one_device_hold_as_the_table_says,
    still(),
    |app| async move {
        let ids = fleet(&app, 1).await;
        let id = &ids[0];
        let api = app.owner_api().await;
        let mut owner = Browser::owner(&app).await;
        let name = commands::preview(&app.core, &app.owner, ids.clone(), ERASE);
        let name = name.await.unwrap().confirm_with.unwrap();
        for line in &LINES[..3] {
            let verb = line.name;
            let singles = cases(line).into_iter().filter(|case| case.devices == 1);
            for case in singles.filter(|case| case.who != Who::Newcomer) {
                prepare(&app, case).await;
                if case.who == Who::Token {
                    let body = match verb {
                        "lock" => json!({}),
                        _ => json!({ "reason": "Sold", "confirm": name }),
                    };
                    let path = format!("/api/v1/devices/{id}/{verb}");
                    api.post(&path, &body).await.expect(202);
                    check(&app, line, case, "its verb of the API").await;
                } else {
                    let path = format!("/console/devices/{id}/{verb}");
                    let fields = [("typed", name.as_str()), ("reason", "left")];
                    owner.post(&path, &fields).await.expect(303);
                    check(&app, line, case, "the console").await;
                }
            }
        }
    }
);

both_engines!(
    personal_devices_are_never_erased,
    still(),
    |app| async move {
        let invitation = app
            .invite_with(|new| "personal".clone_into(&mut new.ownership))
            .await;
        let mut phone = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
        phone.enroll(&app.by(&invitation)).await.unwrap();
        let id = crate::device::story::only_device(&app).await;
        let api = app.owner_api().await;
        let text = id.as_str();
        let confirm = json!({ "reason": "Sold", "confirm": "1" });
        let with = |more: Json| {
            let mut body = confirm.clone();
            let Json::Object(more) = more else {
                unreachable!()
            };
            body.as_object_mut().unwrap().extend(more);
            body
        };
        let one = format!("/api/v1/devices/{text}");
        let many = with(json!({ "devices": [text], "command": { "type": "EraseDevice" } }));
        let wild = with(json!({ "devices": [text], "command": raw("EraseDevice") }));
        let tries = [
            (format!("{one}/erase"), confirm.clone()),
            (
                format!("{one}/commands"),
                with(json!({ "command": { "type": "EraseDevice" } })),
            ),
            ("/api/v1/commands".to_owned(), many),
            ("/api/v1/commands".to_owned(), wild),
        ];
        for (path, body) in tries {
            let refused = api.post(&path, &body).await;
            assert!(refused.status >= 400, "{path}: {}", refused.body);
            assert_eq!(refused.body["code"], "not_capable", "{path}");
        }
        let campaign = json!({
            "name": "Term end", "act": "erase", "reason": "Over", "devices": [text],
            "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2999-01-01T00:00:00Z", "confirm": "1",
        });
        api.post("/api/v1/campaigns", &campaign).await.expect(422);
        let mut owner = Browser::owner(&app).await;
        let fields = [("typed", "1"), ("reason", "left")];
        let path = format!("/console/devices/{id}/erase");
        let refused = owner.post(&path, &fields).await;
        assert!(refused.status >= 400);
        let erases = "SELECT count(*) FROM command WHERE act = 'erase'";
        assert_eq!(app.count(erases).await, 0);
        phone.session().await.unwrap();
        assert_eq!(phone.violations(), []);
    }
);
