//! Programs that use the API while the server dies: they repeat what was not answered with the same
//! idempotency key, and remember what was accepted. Each has devices of its own, so that the order in
//! which a device's commands were accepted is known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::Chance;

/// What the client knows at the end.
#[derive(Default)]
pub(super) struct Asked {
    /// Commands that the API accepted, by id, with their type.
    pub(super) accepted: BTreeMap<String, String>,
    /// Profiles by identifier: `true` when the API accepted it, else the outcome is not known.
    pub(super) profiles: BTreeMap<String, bool>,
    /// Erasures: held for longer than the test.
    pub(super) held: BTreeSet<String>,
    /// Commands that were withdrawn, with the time of the API's answer.
    pub(super) withdrawn: BTreeMap<String, i64>,
    pub(super) lost_answers: u64,
    /// Refusals by their code.
    pub(super) refused: BTreeMap<String, u64>,
}

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
    base: String,
    token: String,
    http: reqwest::Client,
    chance: Chance,
    stop: Arc<AtomicBool>,
    asked: Asked,
    /// Which of how many.
    share: (usize, usize),
    number: u64,
}

impl Client {
    pub(super) fn new(
        base: String,
        token: String,
        seed: u64,
        share: (usize, usize),
        stop: Arc<AtomicBool>,
    ) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        Self {
            base,
            token,
            http,
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
                self.ask(device).await;
                tokio::time::sleep(Duration::from_millis(self.chance.below(20))).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.asked
    }

    /// Ids and names of the devices under management.
    async fn devices(&self) -> Vec<(String, String)> {
        let url = format!("{}/api/v1/devices?limit=100", self.base);
        let Some((200, body)) = self.send(self.http.get(url)).await else {
            return Vec::new();
        };
        let items = body["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .filter(|item| item["status"] == "active")
            .filter_map(|item| {
                Some((
                    item["id"].as_str()?.to_owned(),
                    item["name"].as_str()?.to_owned(),
                ))
            })
            .filter(|(id, _)| {
                id.bytes().map(usize::from).sum::<usize>() % self.share.1 == self.share.0
            })
            .collect()
    }

    async fn ask(&mut self, (device, name): &(String, String)) {
        self.number += 1;
        let number = self.number;
        let mut profile = None;
        let body = match self.chance.below(100) {
            0..45 => {
                let identifier = format!("org.example.torture{}.{number}", self.share.0);
                let bytes = STANDARD.encode(web_clip(&identifier));
                profile = Some(identifier);
                json!({ "command": { "type": "InstallProfile", "profile": bytes } })
            }
            45..60 => {
                let identifier = format!(
                    "org.example.torture{}.{}",
                    self.share.0,
                    self.chance.below(number)
                );
                json!({ "command": { "type": "RemoveProfile", "identifier": identifier } })
            }
            60..75 => json!({ "command": { "type": "SecurityInfo" } }),
            75..90 => json!({ "command": { "type": "ProfileList" } }),
            90..97 => json!({ "command": { "type": "DeviceLock" } }),
            _ => {
                json!({ "command": { "type": "EraseDevice" }, "reason": "Torture", "confirm": name })
            }
        };
        let url = format!("{}/api/v1/devices/{device}/commands", self.base);
        let key = format!("torture-{}-{number}", self.share.0);
        let mut outcome = None;
        let mut running = 0;
        for attempt in 0..PATIENCE {
            let request = self
                .http
                .post(&url)
                .header("idempotency-key", &key)
                .json(&body);
            match self.send(request).await {
                Some((_, answer)) if answer["code"] == "idempotency_running" => {
                    running += 1;
                    if running > RUNNING_PATIENCE {
                        break;
                    }
                }
                Some((status @ 200..=499, answer)) => {
                    outcome = Some((status, answer));
                    break;
                }
                _ => self.asked.lost_answers += u64::from(attempt == 0),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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
        let kind = body["command"]["type"].as_str().unwrap().to_owned();
        for command in answer["commands"].as_array().cloned().unwrap_or_default() {
            let id = command["id"].as_str().unwrap().to_owned();
            if kind == "EraseDevice" {
                self.asked.held.insert(id.clone());
            }
            self.asked.accepted.insert(id.clone(), kind.clone());
            if self.chance.below(100) < 6 {
                self.withdraw(&id).await;
            }
        }
    }

    async fn withdraw(&mut self, id: &str) {
        let url = format!("{}/api/v1/commands/{id}", self.base);
        if let Some((200..=299, _)) = self.send(self.http.delete(url)).await {
            self.asked.withdrawn.insert(id.to_owned(), super::now());
        }
    }

    /// Status and body, if an answer came.
    async fn send(&self, request: reqwest::RequestBuilder) -> Option<(u16, Json)> {
        let answer = request.bearer_auth(&self.token).send().await.ok()?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.ok()?;
        Some((status, serde_json::from_slice(&body).unwrap_or_default()))
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
