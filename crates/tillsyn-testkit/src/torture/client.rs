//! Programs that use the API while the server dies: they repeat what was not answered with the same
//! idempotency key, and remember what was accepted. Each has devices of its own, so that the order in
//! which a device's commands were accepted is known.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::Chance;
use super::caller::Caller;

/// What the client knows at the end.
#[derive(Default)]
pub(super) struct Asked {
    /// Commands that the API accepted, by id, with their type.
    pub(super) accepted: BTreeMap<String, String>,
    /// Profiles by identifier: `true` when the API accepted it, else the outcome is not known.
    pub(super) profiles: BTreeMap<String, bool>,
    /// Commands that were held, and until when.
    pub(super) held: BTreeMap<String, Held>,
    /// Commands that were withdrawn, with the time of the API's answer.
    pub(super) withdrawn: BTreeMap<String, i64>,
    pub(super) lost_answers: u64,
    /// Refusals by their code.
    pub(super) refused: BTreeMap<String, u64>,
}

/// What has to come before a held command may be sent.
pub(super) struct Held {
    pub(super) batch: String,
    /// When it goes by itself at the earliest; without it somebody has to agree.
    pub(super) not_before: Option<i64>,
    /// Even what somebody agreed to can still be taken back for a while.
    pub(super) slow: bool,
}

/// In which anybody with the right may cancel an erasure.
pub(super) const HOLD_MS: i64 = 5 * 60_000;

impl Asked {
    pub(super) fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.profiles.extend(other.profiles);
        self.held.extend(other.held);
        self.withdrawn.extend(other.withdrawn);
        self.lost_answers += other.lost_answers;
        for (code, times) in other.refused {
            *self.refused.entry(code).or_default() += times;
        }
    }
}

/// Repetitions of a request that was not answered: the server is being started again.
const PATIENCE: u32 = 100;
/// A key whose first request died with the server stays taken: its outcome is not known.
const RUNNING_PATIENCE: u32 = 2;

pub(super) struct Client {
    api: Caller,
    chance: Chance,
    stop: Arc<AtomicBool>,
    asked: Asked,
    /// Which of how many.
    share: (usize, usize),
    number: u64,
}

impl Client {
    pub(super) fn new(
        api: Caller,
        seed: u64,
        share: (usize, usize),
        stop: Arc<AtomicBool>,
    ) -> Self {
        Self {
            api,
            chance: Chance(seed ^ (0xC11E + share.0 as u64)),
            stop,
            asked: Asked::default(),
            share,
            number: 0,
        }
    }

    pub(super) async fn run(mut self) -> Asked {
        while !self.stop.load(Ordering::SeqCst) {
            let devices = self.devices().await;
            for _ in 0..20 {
                if devices.is_empty() || self.stop.load(Ordering::SeqCst) {
                    break;
                }
                let index = self.chance.below(devices.len() as u64);
                let device = &devices[usize::try_from(index).unwrap()];
                self.ask(device, &devices).await;
                tokio::time::sleep(Duration::from_millis(self.chance.below(20))).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.asked
    }

    /// Ids and names of its own devices.
    async fn devices(&self) -> Vec<(String, String)> {
        let all = self.api.devices().await.into_iter();
        all.map(|(id, name, _)| (id, name))
            .filter(|(id, _)| {
                id.bytes().map(usize::from).sum::<usize>() % self.share.1 == self.share.0
            })
            .collect()
    }

    async fn ask(&mut self, (device, name): &(String, String), own: &[(String, String)]) {
        self.number += 1;
        let number = self.number;
        let mut profile = None;
        let mut path = format!("/api/v1/devices/{device}/commands");
        let body = match self.chance.below(100) {
            0..42 => {
                let identifier = format!("org.example.torture{}.{number}", self.share.0);
                let bytes = STANDARD.encode(web_clip(&identifier));
                profile = Some(identifier);
                json!({ "command": { "type": "InstallProfile", "profile": bytes } })
            }
            42..57 => {
                let identifier = format!(
                    "org.example.torture{}.{}",
                    self.share.0,
                    self.chance.below(number)
                );
                json!({ "command": { "type": "RemoveProfile", "identifier": identifier } })
            }
            57..72 => json!({ "command": { "type": "SecurityInfo" } }),
            72..87 => json!({ "command": { "type": "ProfileList" } }),
            // From the sixth device on these wait for a second person.
            87..94 => json!({ "command": { "type": "DeviceLock" } }),
            94..97 => {
                "/api/v1/commands".clone_into(&mut path);
                let ids: Vec<&String> = own.iter().map(|(id, _)| id).collect();
                json!({ "devices": ids, "command": { "type": "DeviceLock" } })
            }
            _ => {
                json!({ "command": { "type": "EraseDevice" }, "reason": "Torture", "confirm": name })
            }
        };
        let sent_at = super::now();
        let outcome = self.answered(&path, &body).await;
        let accepted = matches!(outcome, Some((200..=299, _)));
        if let Some(identifier) = profile {
            // A refusal that follows a lost answer says nothing about the first time.
            self.asked.profiles.insert(identifier, accepted);
        }
        let Some((200..=299, answer)) = outcome else {
            let code = outcome.map(|(_, answer)| answer["code"].as_str().unwrap_or("?").to_owned());
            *self
                .asked
                .refused
                .entry(code.unwrap_or_else(|| "no answer".to_owned()))
                .or_default() += 1;
            return;
        };
        let kind = body["command"]["type"].as_str().unwrap();
        self.remember(kind, &answer, sent_at).await;
    }

    /// What the server said in the end; nothing when the outcome stays unknown.
    async fn answered(&mut self, path: &str, body: &Json) -> Option<(u16, Json)> {
        let key = format!("torture-{}-{}", self.share.0, self.number);
        let mut running = 0;
        for attempt in 0..PATIENCE {
            match self.api.post(path, &key, body).await {
                Some((_, answer)) if answer["code"] == "idempotency_running" => {
                    running += 1;
                    if running > RUNNING_PATIENCE {
                        return None;
                    }
                }
                Some((status @ 200..=499, answer)) => return Some((status, answer)),
                _ => self.asked.lost_answers += u64::from(attempt == 0),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    async fn remember(&mut self, kind: &str, answer: &Json, sent_at: i64) {
        let batch = answer["batch_id"].as_str().unwrap();
        for command in answer["commands"].as_array().cloned().unwrap_or_default() {
            let id = command["id"].as_str().unwrap().to_owned();
            if command["status"] == "held" {
                let timed = !command["held_until"].is_null();
                let held = Held {
                    batch: batch.to_owned(),
                    not_before: timed.then_some(sent_at + HOLD_MS),
                    slow: kind == "EraseDevice",
                };
                self.asked.held.insert(id.clone(), held);
            }
            self.asked.accepted.insert(id.clone(), kind.to_owned());
            if self.chance.below(100) < 6 {
                self.withdraw(&id).await;
            }
        }
    }

    async fn withdraw(&mut self, id: &str) {
        let path = format!("/api/v1/commands/{id}");
        if let Some((200..=299, _)) = self.api.delete(&path).await {
            self.asked.withdrawn.insert(id.to_owned(), super::now());
        }
    }
}

fn web_clip(identifier: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>{identifier}</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0001</string>
<key>PayloadDisplayName</key><string>Torture</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.webClip.managed</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>{identifier}.1</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0002</string>
<key>URL</key><string>https://help.example.org</string><key>Label</key><string>Help</string>
</dict></array></dict></plist>"#
    )
}
