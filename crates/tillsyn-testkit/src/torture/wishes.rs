//! A program that changes what devices are to have, by plans, while the server dies. In the end each device holds
//! exactly what was wanted, by its own log.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tillsyn_core::groups::{self, NewGroup};
use tillsyn_core::plans::{self, Change};
use tillsyn_core::profiles::{self, NewProfile, Origin};

use super::Chance;
use super::caller::Caller;
use super::check::Seen;
use super::crowd::Acts;
use crate::TestApp;

const PREFIX: &str = "org.example.wish";
const PROFILES: usize = 3;
const GROUPS: usize = 2;
/// Looks at one plan until it must have come to an end, a twentieth of a second apart.
const LOOKS: u32 = 1_200;
/// Of these, how long a second person may take.
const WAITING_LOOKS: u32 = 60;

/// What there is to be wished for.
pub(super) struct Shelf {
    profiles: Vec<String>,
    groups: Vec<String>,
}

impl Shelf {
    /// Published profiles and empty groups.
    pub(super) async fn fill(app: &TestApp) -> Self {
        let mut shelf = Self {
            profiles: Vec::new(),
            groups: Vec::new(),
        };
        for number in 0..PROFILES {
            let new = NewProfile {
                name: Some(format!("Wish {number}")),
                description: None,
                unit: None,
                origin: Origin::Upload(profile(number).into_bytes()),
            };
            let made = profiles::create_profile(&app.core, &app.owner, new);
            let id = made.await.unwrap().to_string();
            let publish = Change::PublishVersion {
                profile_id: id.clone(),
                draft_revision: 1,
                comment: None,
                version_id: None,
            };
            plans::change_directly(&app.core, &app.owner, publish)
                .await
                .unwrap();
            shelf.profiles.push(id);
        }
        for number in 0..GROUPS {
            let new = NewGroup {
                name: format!("Wishes {number}"),
                description: None,
                unit: None,
            };
            let made = groups::create_group(&app.core, &app.owner, new);
            shelf.groups.push(made.await.unwrap().id.to_string());
        }
        shelf
    }
}

/// What the program knows at the end.
#[derive(Default)]
pub(super) struct Wanted {
    /// By group.
    members: Vec<BTreeSet<String>>,
    /// The assignment of each profile to its group, if there is one.
    assigned: Vec<Option<String>>,
    serials: BTreeMap<String, String>,
    /// Plans that the server said were carried out.
    pub(super) applied: BTreeSet<String>,
    /// Plans that came to no end.
    open: BTreeSet<String>,
}

pub(super) struct Wishes {
    api: Caller,
    shelf: Shelf,
    chance: Chance,
    stop: Arc<AtomicBool>,
    wanted: Wanted,
    number: u64,
    acts: Arc<Acts>,
}

impl Wishes {
    pub(super) fn new(
        api: Caller,
        shelf: Shelf,
        seed: u64,
        stop: Arc<AtomicBool>,
        acts: Arc<Acts>,
    ) -> Self {
        Self {
            api,
            wanted: Wanted {
                members: vec![BTreeSet::new(); shelf.groups.len()],
                assigned: vec![None; shelf.profiles.len()],
                ..Wanted::default()
            },
            shelf,
            chance: Chance(seed ^ 0x3157),
            stop,
            acts,
            number: 0,
        }
    }

    pub(super) async fn run(mut self) -> Wanted {
        while !self.stop.load(Ordering::SeqCst) {
            for (id, _, serial) in self.api.devices().await {
                self.wanted.serials.insert(id, serial);
            }
            if self.chance.below(100) < 70 {
                self.change_members().await;
            } else {
                self.change_assignment().await;
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        self.wanted
    }

    async fn change_members(&mut self) {
        let group = self.pick(self.shelf.groups.len());
        let Some(device) = self.any_device() else {
            return;
        };
        let out = self.wanted.members[group].contains(&device);
        let change = json!({
            "kind": "group_members", "group_id": self.shelf.groups[group],
            if out { "remove" } else { "add" }: [{ "kind": "device", "id": device }],
        });
        if self.carried_out(change).await.is_none() {
            return;
        }
        if out {
            self.wanted.members[group].remove(&device);
        } else {
            self.wanted.members[group].insert(device);
        }
    }

    async fn change_assignment(&mut self) {
        let profile = self.pick(self.shelf.profiles.len());
        let change = match &self.wanted.assigned[profile] {
            Some(assignment) => json!({ "kind": "unassign", "assignment_id": assignment }),
            None => json!({
                "kind": "assign", "profile_id": self.shelf.profiles[profile],
                "include": [{ "kind": "group", "id": self.shelf.groups[profile % GROUPS] }],
            }),
        };
        let Some(plan) = self.carried_out(change).await else {
            return;
        };
        let made = plan["result"]["assignment_id"].as_str().map(str::to_owned);
        let before = self.wanted.assigned[profile].take();
        self.wanted.assigned[profile] = if before.is_some() { None } else { made };
    }

    /// The plan, when the server says that it was carried out.
    async fn carried_out(&mut self, change: Json) -> Option<Json> {
        self.number += 1;
        let key = format!("wish-{}", self.number);
        let body = json!({ "change": change });
        let mut made = None;
        for _ in 0..LOOKS {
            match self.api.post("/api/v1/plans", &key, &body).await {
                Some((200..=299, plan)) => {
                    made = plan["id"].as_str().map(str::to_owned);
                    break;
                }
                Some((_, answer)) if answer["code"] == "idempotency_running" => break,
                Some((400..=499, _)) => break,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        let id = made?;
        self.wanted.open.insert(id.clone());
        let plan = self.settled(&id).await?;
        self.wanted.open.remove(&id);
        if plan["status"] != "applied" {
            return None;
        }
        self.wanted.applied.insert(id);
        self.acts.plans.fetch_add(1, Ordering::SeqCst);
        Some(plan)
    }

    /// The plan once nothing can become of it any more.
    async fn settled(&self, id: &str) -> Option<Json> {
        let path = format!("/api/v1/plans/{id}");
        let (mut applied, mut waited) = (0, 0);
        for look in 0..LOOKS {
            let plan = self
                .api
                .get(&path)
                .await
                .filter(|(status, _)| *status == 200);
            let status = plan.as_ref().and_then(|(_, plan)| plan["status"].as_str());
            let (verb, times) = match status {
                Some("open") if applied < 5 => {
                    applied += 1;
                    ("apply", applied)
                }
                Some("open") => ("cancel", look),
                Some("waiting") => {
                    waited += 1;
                    ("cancel", waited)
                }
                Some(_) => return plan.map(|(_, plan)| plan),
                None => ("", 0),
            };
            let early = status == Some("waiting") && waited < WAITING_LOOKS;
            if !verb.is_empty() && !early {
                let body = if verb == "apply" {
                    json!({ "reason": "Torture" })
                } else {
                    json!({})
                };
                // A key of its own each time: the same request must be able to come twice.
                let key = format!("{id}-{verb}-{times}");
                self.api.post(&format!("{path}/{verb}"), &key, &body).await;
            } else {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        None
    }

    fn pick(&mut self, of: usize) -> usize {
        usize::try_from(self.chance.below(of as u64)).unwrap()
    }

    fn any_device(&mut self) -> Option<String> {
        let count = self.wanted.serials.len();
        if count == 0 {
            return None;
        }
        let index = self.pick(count);
        self.wanted.serials.keys().nth(index).cloned()
    }
}

/// Compares what devices hold in the end with what was wanted. Answers how many profiles are where they belong.
pub(super) fn check(wanted: &Wanted, seen: &Seen, broken: &mut Vec<String>) -> usize {
    let open = wanted.open.iter();
    broken.extend(open.map(|id| format!("the plan {id} came to no end")));
    let mut right = 0;
    for (device, serial) in &wanted.serials {
        let Some((true, held)) = seen.holds.get(serial) else {
            continue;
        };
        let is: BTreeSet<String> = held
            .iter()
            .filter(|id| id.starts_with(PREFIX))
            .cloned()
            .collect();
        let assigned = wanted.assigned.iter().enumerate();
        let due: BTreeSet<String> = assigned
            .filter(|(number, assignment)| {
                assignment.is_some() && wanted.members[number % GROUPS].contains(device)
            })
            .map(|(number, _)| identifier(number))
            .collect();
        right += due.len();
        if is != due {
            broken.push(format!("{serial} is to have {due:?} and has {is:?}"));
        }
    }
    right
}

/// Whether a profile comes from an assignment.
pub(super) fn is_one(identifier: &str) -> bool {
    identifier.starts_with(PREFIX)
}

fn identifier(number: usize) -> String {
    format!("{PREFIX}{number}")
}

fn profile(number: usize) -> String {
    let identifier = identifier(number);
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
"#,
    );
    let _ = write!(
        text,
        "<key>PayloadIdentifier</key><string>{identifier}</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A01{number:02X}</string>
<key>PayloadDisplayName</key><string>Wish {number}</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.applicationaccess</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>{identifier}.1</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A02{number:02X}</string>
<key>allowCamera</key><false/></dict></array></dict></plist>"
    );
    text
}
