//! A second person at the console: approves and declines what waits, while the server dies. What is held comes to
//! no device before that, and never when it was declined (security S81).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value as Json;

use super::Chance;
use super::caller::Caller;
use super::crowd::Acts;
use crate::OWNER_PASSWORD;

/// The address of the first `TestApp::second_owner`.
pub(super) const EMAIL: &str = "second-1@example.org";
/// Repetitions of a decision that was not answered: the server is being started again.
const PATIENCE: u32 = 100;

/// What was decided on one request.
pub(super) struct Decision {
    pub(super) approval: String,
    pub(super) approve: bool,
    /// Just before it was sent for the first time.
    pub(super) asked_at: i64,
    /// Whether the server said that it is done.
    pub(super) answered: bool,
}

/// By the batch or plan that waited.
pub(super) type Decisions = BTreeMap<String, Decision>;

pub(super) struct Person {
    api: Caller,
    base: String,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    chance: Chance,
    stop: Arc<AtomicBool>,
    acts: Arc<Acts>,
}

impl Person {
    pub(super) fn new(api: Caller, seed: u64, stop: Arc<AtomicBool>, acts: Arc<Acts>) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        Self {
            base: api.base().to_owned(),
            api,
            http,
            cookies: BTreeMap::new(),
            chance: Chance(seed ^ 0x5EC0),
            stop,
            acts,
        }
    }

    pub(super) async fn run(mut self) -> Decisions {
        let mut decided = Decisions::new();
        // Some wait for ever.
        let mut left = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            for (approval, subject) in self.waiting().await {
                if decided.contains_key(&subject) || left.contains(&subject) {
                    continue;
                }
                let approve = match self.chance.below(100) {
                    0..60 => true,
                    60..88 => false,
                    _ => {
                        left.push(subject);
                        continue;
                    }
                };
                let asked_at = super::now();
                let answered = self.decide(&approval, approve).await;
                self.acts.decisions.fetch_add(1, Ordering::SeqCst);
                decided.insert(
                    subject,
                    Decision {
                        approval,
                        approve,
                        asked_at,
                        answered,
                    },
                );
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        decided
    }

    /// Requests that wait, each with what it is about.
    async fn waiting(&self) -> Vec<(String, String)> {
        let answer = self.api.get("/api/v1/approvals?waiting=true&limit=100");
        let Some((200, body)) = answer.await else {
            return Vec::new();
        };
        let items = body["items"].as_array().cloned().unwrap_or_default();
        let word = |item: &Json, name: &str| item[name].as_str().map(str::to_owned);
        let pairs = items.iter().map(|item| {
            let (id, subject) = (word(item, "id")?, word(item, "subject_id")?);
            Some((id, subject))
        });
        pairs.flatten().collect()
    }

    /// Whether the server said that it is done.
    async fn decide(&mut self, approval: &str, approve: bool) -> bool {
        let page = format!("/console/approvals/{approval}");
        let verb = if approve { "approve" } else { "decline" };
        for _ in 0..PATIENCE {
            match self.attempt(&page, verb).await {
                Some(done) => return done,
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        false
    }

    /// `None` when it has to be tried again.
    async fn attempt(&mut self, page: &str, verb: &str) -> Option<bool> {
        if self.cookies.is_empty() {
            self.sign_in().await?;
        }
        let get = self.http.get(format!("{}{page}", self.base));
        let (status, _, html) = self.send(get).await?;
        if status != 200 {
            // Signed out, or the request is gone; the next attempt finds out which.
            self.cookies.clear();
            return (status == 404).then_some(false);
        }
        let (_, rest) = html.split_once("name=\"csrf\" value=\"")?;
        let token = rest.split('"').next()?;
        let body = format!("csrf={token}&reason=Torture");
        let form = self.form(&format!("{page}/{verb}"), body);
        let (status, location, _) = self.send(form).await?;
        match status {
            303 if location.contains("sign-in") => {
                self.cookies.clear();
                None
            }
            303 => Some(true),
            403 => {
                self.cookies.clear();
                None
            }
            // Over meanwhile, perhaps by an attempt whose answer was lost.
            404 | 409 | 422 => Some(false),
            _ => None,
        }
    }

    async fn sign_in(&mut self) -> Option<()> {
        let (login, password) = (EMAIL.replace('@', "%40"), OWNER_PASSWORD.replace(' ', "+"));
        let body = format!("login={login}&password={password}&next=");
        let form = self.form("/console/sign-in", body);
        let (status, ..) = self.send(form).await?;
        (status == 303).then_some(())
    }

    fn form(&self, path: &str, body: String) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}{path}", self.base))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Status, where to go on, and the page.
    async fn send(&mut self, request: reqwest::RequestBuilder) -> Option<(u16, String, String)> {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = request.header(COOKIE, pairs.join("; ")).send().await.ok()?;
        let status = answer.status().as_u16();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().ok()?;
            let (name, rest) = cookie.split_once('=')?;
            let value = rest.split(';').next().unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer
            .headers()
            .get(LOCATION)
            .and_then(|to| to.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        Some((status, location, answer.text().await.ok()?))
    }
}
