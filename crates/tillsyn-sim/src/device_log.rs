//! What the devices saw, one JSON object a line, in order. A crash test compares it with what the
//! server still knows after it was killed. No secrets are written.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::clock;

/// A shared log; cheap to clone. Each line is flushed before the device goes on.
#[derive(Clone, Default)]
pub struct DeviceLog(Option<Arc<Mutex<Box<dyn Write + Send>>>>);

#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    serial: &'a str,
    #[serde(flatten)]
    event: &'a Event<'a>,
}

/// One thing that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// A check-in message answered with this status.
    CheckIn {
        message: &'a str,
        channel: &'a str,
        http: u16,
    },
    /// A command arrived.
    Command {
        channel: &'a str,
        uuid: &'a str,
        request_type: &'a str,
        /// What is delivered again has the same.
        request_sha256: &'a str,
    },
    /// A result is about to be sent: the server may or may not have it from here on.
    Sending {
        channel: &'a str,
        uuid: &'a str,
        status: &'a str,
    },
    /// The server answered a result with 2xx: from here on it must have it.
    Acknowledged {
        channel: &'a str,
        uuid: &'a str,
        status: &'a str,
        http: u16,
    },
    Violation {
        rule: &'a str,
        detail: &'a str,
    },
    State {
        state: &'a str,
    },
    /// At the end of a fleet: the profiles that the server put on the device itself.
    Holds {
        enrolled: bool,
        profiles: Vec<&'a str>,
    },
}

impl DeviceLog {
    /// Appends to the writer.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self(Some(Arc::new(Mutex::new(Box::new(writer)))))
    }

    /// Makes or empties the file.
    pub fn to_file(path: &Path) -> std::io::Result<Self> {
        Ok(Self::new(File::create(path)?))
    }

    pub(crate) fn write(&self, serial: &str, event: &Event<'_>) {
        let Some(writer) = &self.0 else { return };
        let line = Line {
            at_ms: clock::now_ms(),
            serial,
            event,
        };
        let Ok(mut text) = serde_json::to_vec(&line) else {
            return;
        };
        text.push(b'\n');
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writer.write_all(&text).and_then(|()| writer.flush()) {
            tracing::error!(%error, "the device log cannot be written");
        }
    }
}

impl fmt::Debug for DeviceLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceLog")
    }
}
