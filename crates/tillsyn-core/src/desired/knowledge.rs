//! How what is known changes with what a device says.

use super::hash::payload_uuid;
use super::item::{Knowledge, Version};

/// What a device's whole list says about one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// One of ours is on it.
    Proved,
    /// It had it, and lost or changed it by itself.
    Lost,
    /// It does not have it, as was expected or unknown.
    Absent,
}

/// Versions without an answer that are kept in mind.
const UNANSWERED: usize = 8;

impl Knowledge {
    /// Whether it is, or may be, on the device.
    pub(crate) fn may_be_there(&self) -> bool {
        self.sent || !self.unanswered.is_empty() || self.is_there()
    }

    /// The device said so. What it only may have can as well be a person's own of the same identifier.
    pub(crate) fn is_there(&self) -> bool {
        self.present().is_some()
    }

    /// The hash that is on the device as far as is known.
    pub(crate) fn present(&self) -> Option<&str> {
        let delivered = self.delivered.as_ref().map(|v| v.hash.as_str());
        self.confirmed.as_deref().or(delivered)
    }

    /// The device acknowledged an install; its list has not said so yet.
    pub(crate) fn deliver(&mut self, version: Version) {
        self.delivered = Some(version);
        self.sent = true;
        self.unanswered.clear();
        self.confirmed = None;
    }

    /// An install of this version ended without the device's word: if it was handed out, whether it is there
    /// is told by the next list.
    pub(crate) fn ended(&mut self, version: Version, handed_out: bool) {
        let proved = self.confirmed.as_ref() == Some(&version.hash);
        if handed_out && !proved && !self.unanswered.contains(&version) {
            self.unanswered.push(version);
            let over = self.unanswered.len().saturating_sub(UNANSWERED);
            self.unanswered.drain(..over);
        }
        self.sent = self.is_there();
    }

    /// The device refused an install: what was there before stays.
    pub(crate) fn refuse(&mut self) {
        self.sent = self.is_there();
    }

    /// The device removed it, or never had it.
    pub(crate) fn remove(&mut self) {
        *self = Self::default();
    }

    /// The device told its whole list, with this `PayloadUUID` under the item's identifier or without it.
    /// `known` are versions that may be there, beside those without an answer.
    pub(crate) fn list(&mut self, uuid: Option<&str>, known: &[&Version]) -> Listed {
        let is = |version: &&Version| {
            uuid.is_some_and(|uuid| uuid.eq_ignore_ascii_case(&payload_uuid(&version.hash)))
        };
        let found = self.delivered.as_ref().filter(|own| is(own));
        let known = || known.iter().copied().chain(&self.unanswered);
        let found = found.or_else(|| known().find(is)).cloned();
        if let Some(version) = found {
            self.confirmed = Some(version.hash.clone());
            self.delivered = Some(version);
            self.unanswered.clear();
            return Listed::Proved;
        }
        let had = self.present().is_some();
        self.remove();
        if had { Listed::Lost } else { Listed::Absent }
    }
}
