//! Who has which token, what is scripted, what came in, and who is woken by it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::answer::Answer;
use super::rules::Checked;
use super::server::Clock;

/// One push that was accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedPush {
    pub token: Vec<u8>,
    pub topic: String,
    pub push_magic: String,
    pub expiration_unix_s: i64,
    pub apns_id: String,
    /// When it came in, Unix milliseconds.
    pub at_ms: i64,
}

impl fmt::Debug for ReceivedPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedPush")
            .field("topic", &self.topic)
            .field("expiration_unix_s", &self.expiration_unix_s)
            .field("apns_id", &self.apns_id)
            .field("at_ms", &self.at_ms)
            .finish_non_exhaustive()
    }
}

/// One request, or one attempt to connect, that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// 0 when the connection itself was refused.
    pub status: u16,
    /// Apple's word; `TLS` when the connection itself was refused.
    pub reason: &'static str,
    /// Which rule it was.
    pub detail: String,
}

pub(super) struct State {
    clock: Clock,
    strict_tokens: bool,
    keep: usize,
    pub(super) connections_opened: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    tokens: HashMap<Vec<u8>, Token>,
    mailboxes: HashMap<u64, Mailbox>,
    last_id: u64,
    received: VecDeque<ReceivedPush>,
    received_total: u64,
    refusals: VecDeque<Refusal>,
    refused_total: u64,
}

#[derive(Default)]
struct Token {
    once: VecDeque<Answer>,
    always: Option<Answer>,
    /// The device's connection: as with APNs, a new one takes the token from the old one.
    mailbox: Option<u64>,
    stored: Option<ReceivedPush>,
}

/// Pushes on their way to a listening device, oldest first and one per token.
struct Mailbox {
    notify: Arc<Notify>,
    waiting: BTreeMap<u64, ReceivedPush>,
    place: HashMap<Vec<u8>, u64>,
}

impl State {
    pub(super) fn new(clock: Clock, strict_tokens: bool, keep: usize) -> Self {
        Self {
            clock,
            strict_tokens,
            keep,
            connections_opened: AtomicU64::new(0),
            inner: Mutex::default(),
        }
    }

    pub(super) fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// No code holding the lock can leave a half-made change, so a poisoned lock is good.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn register(&self, token: &[u8]) {
        self.lock().tokens.entry(token.to_vec()).or_default();
    }

    pub(super) fn script(&self, token: &[u8], answer: Option<Answer>) {
        let mut inner = self.lock();
        let entry = inner.tokens.entry(token.to_vec()).or_default();
        entry.always = answer;
        entry.once.clear();
    }

    pub(super) fn script_once(&self, token: &[u8], answer: Answer) {
        let mut inner = self.lock();
        let entry = inner.tokens.entry(token.to_vec()).or_default();
        entry.once.push_back(answer);
    }

    /// The answer for this token; `None` if it was never handed out.
    pub(super) fn answer_for(&self, token: &[u8]) -> Option<Answer> {
        let mut inner = self.lock();
        match inner.tokens.get_mut(token) {
            Some(entry) => Some(
                entry
                    .once
                    .pop_front()
                    .or_else(|| entry.always.clone())
                    .unwrap_or(Answer::Accept),
            ),
            None if self.strict_tokens => None,
            None => Some(Answer::Accept),
        }
    }

    /// Records an accepted push and wakes its device, or keeps the push for it.
    pub(super) fn accept(&self, push: Checked, apns_id: String) {
        let push = ReceivedPush {
            token: push.token,
            topic: push.topic,
            push_magic: push.push_magic,
            expiration_unix_s: push.expiration_unix_s,
            apns_id,
            at_ms: self.now_ms(),
        };
        let mut inner = self.lock();
        inner.received_total += 1;
        if inner.received.len() >= self.keep {
            inner.received.pop_front();
        }
        inner.received.push_back(push.clone());
        inner.deliver(push);
    }

    pub(super) fn refuse(&self, refusal: Refusal) {
        let mut inner = self.lock();
        inner.refused_total += 1;
        if inner.refusals.len() >= self.keep {
            inner.refusals.pop_front();
        }
        inner.refusals.push_back(refusal);
    }

    pub(super) fn received(&self) -> Vec<ReceivedPush> {
        self.lock().received.iter().cloned().collect()
    }

    pub(super) fn refusals(&self) -> Vec<Refusal> {
        self.lock().refusals.iter().cloned().collect()
    }

    pub(super) fn counts(&self) -> Counts {
        let inner = self.lock();
        Counts {
            connections_opened: self.connections_opened.load(Ordering::Relaxed),
            received: inner.received_total,
            refused: inner.refused_total,
            tokens: inner.tokens.len(),
        }
    }

    fn open_mailbox(&self) -> (u64, Arc<Notify>) {
        let mut inner = self.lock();
        inner.last_id += 1;
        let id = inner.last_id;
        let notify = Arc::new(Notify::new());
        let mailbox = Mailbox {
            notify: Arc::clone(&notify),
            waiting: BTreeMap::new(),
            place: HashMap::new(),
        };
        inner.mailboxes.insert(id, mailbox);
        (id, notify)
    }

    fn close_mailbox(&self, id: u64) {
        let mut inner = self.lock();
        let Some(mailbox) = inner.mailboxes.remove(&id) else {
            return;
        };
        for entry in inner.tokens.values_mut() {
            if entry.mailbox == Some(id) {
                entry.mailbox = None;
            }
        }
        for push in mailbox.waiting.into_values() {
            inner.deliver(push);
        }
    }

    fn attach(&self, id: u64, token: &[u8]) {
        let now_s = self.now_ms() / 1000;
        let mut inner = self.lock();
        let entry = inner.tokens.entry(token.to_vec()).or_default();
        entry.mailbox = Some(id);
        let stored = entry.stored.take();
        if let Some(push) = stored.filter(|push| push.expiration_unix_s >= now_s) {
            inner.deliver(push);
        }
    }

    fn take(&self, id: u64, max: usize) -> Vec<ReceivedPush> {
        let mut inner = self.lock();
        let Some(mailbox) = inner.mailboxes.get_mut(&id) else {
            return Vec::new();
        };
        let mut pushes = Vec::new();
        while pushes.len() < max
            && let Some((_, push)) = mailbox.waiting.pop_first()
        {
            mailbox.place.remove(&push.token);
            pushes.push(push);
        }
        pushes
    }
}

#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Counts {
    pub(super) connections_opened: u64,
    pub(super) received: u64,
    pub(super) refused: u64,
    pub(super) tokens: usize,
}

impl Inner {
    /// Into the mailbox of the token's device, or into storage: the last push wins in both.
    fn deliver(&mut self, push: ReceivedPush) {
        self.last_id += 1;
        let place = self.last_id;
        let entry = self.tokens.entry(push.token.clone()).or_default();
        let mailbox = entry.mailbox.and_then(|id| self.mailboxes.get_mut(&id));
        if let Some(mailbox) = mailbox {
            if let Some(earlier) = mailbox.place.insert(push.token.clone(), place) {
                mailbox.waiting.remove(&earlier);
            }
            mailbox.waiting.insert(place, push);
            mailbox.notify.notify_one();
        } else if push.expiration_unix_s != 0 {
            entry.stored = Some(push);
        }
    }
}

/// The connection of one simulated device, or of a whole fleet, to APNs. While it lives, pushes
/// for its tokens come out of it; afterwards the last one of each token is kept for the next.
pub struct Subscription {
    state: Arc<State>,
    id: u64,
    notify: Arc<Notify>,
}

impl Subscription {
    pub(super) fn new(state: Arc<State>) -> Self {
        let (id, notify) = state.open_mailbox();
        Self { state, id, notify }
    }

    /// Hands out `token`, if that is not done, and listens for it too.
    pub fn add(&self, token: &[u8]) {
        self.state.attach(self.id, token);
    }

    /// The next push, waiting for it. For one waiting task at a time.
    pub async fn next(&self) -> ReceivedPush {
        loop {
            if let Some(push) = self.take(1).pop() {
                return push;
            }
            self.notify.notified().await;
        }
    }

    /// Up to `max` pushes that are already there.
    pub fn take(&self, max: usize) -> Vec<ReceivedPush> {
        self.state.take(self.id, max)
    }

    pub(super) async fn wait(&self, max: usize) -> Vec<ReceivedPush> {
        loop {
            let pushes = self.take(max);
            if !pushes.is_empty() {
                return pushes;
            }
            self.notify.notified().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.state.close_mailbox(self.id);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
