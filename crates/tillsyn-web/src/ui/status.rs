use crate::i18n::{Texts, key};
use crate::ui::Html;

/// How harmful a state is; colour only repeats what icon and word say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    Ok,
    Info,
    Warn,
    Bad,
    #[default]
    Idle,
}

impl Tone {
    /// The ending of the classes `st-…`, `ico-…`, `note-…`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Idle => "idle",
        }
    }

    /// The dot of a timeline line.
    pub const fn hop(self) -> &'static str {
        match self {
            Self::Ok | Self::Info => "done",
            Self::Warn => "wait",
            Self::Bad => "fail",
            Self::Idle => "",
        }
    }
}

/// A status word with its look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub tone: Tone,
    pub icon: &'static str,
    pub text: String,
}

impl Status {
    pub fn new(tone: Tone, icon: &'static str, text: String) -> Self {
        Self { tone, icon, text }
    }

    /// The same look with other words, for instance "Failed at Profile fetched".
    pub fn with_text(self, text: String) -> Self {
        Self { text, ..self }
    }

    /// Icon and word in a row of text or a table.
    pub fn st(&self) -> Html {
        self.render("")
    }

    /// Icon and word where they must stand out.
    pub fn pill(&self) -> Html {
        self.render(" pill")
    }

    fn render(&self, more: &str) -> Html {
        let icon = Texts::default().icon(self.icon);
        let word = Html::text(&self.text);
        let tone = self.tone.class();
        Html::from_trusted(format!(
            "<span class=\"st st-{tone}{more}\">{icon}{word}</span>"
        ))
    }
}

type Row = (&'static str, &'static str, Tone, &'static str, &'static str);

// The one list of values: architecture §2a; the look: console README §5.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("command", "queued", Tone::Info, "arrow", key("status-command-queued")),
    ("command", "held", Tone::Warn, "pause", key("status-command-held")),
    ("command", "push_sent", Tone::Info, "arrow", key("status-command-push_sent")),
    ("command", "sent", Tone::Info, "arrow", key("status-command-sent")),
    ("command", "not_now", Tone::Warn, "clock", key("status-command-not_now")),
    ("command", "acknowledged", Tone::Ok, "check", key("status-command-acknowledged")),
    ("command", "error", Tone::Bad, "fail", key("status-command-error")),
    ("command", "cancelled", Tone::Idle, "dash", key("status-command-cancelled")),
    ("command", "superseded", Tone::Idle, "dash", key("status-command-superseded")),
    ("command", "expired", Tone::Idle, "dash", key("status-command-expired")),
    ("device", "ordered", Tone::Info, "arrow", key("status-device-ordered")),
    ("device", "registered", Tone::Info, "arrow", key("status-device-registered")),
    ("device", "active", Tone::Ok, "check", key("status-device-active")),
    ("device", "not_seen", Tone::Idle, "dash", key("status-device-not_seen")),
    ("device", "lost", Tone::Warn, "pin", key("status-device-lost")),
    ("device", "stolen", Tone::Bad, "pin", key("status-device-stolen")),
    ("device", "repair", Tone::Idle, "repair", key("status-device-repair")),
    ("device", "retired", Tone::Idle, "archive", key("status-device-retired")),
    ("enrollment", "pending", Tone::Info, "arrow", key("status-enrollment-pending")),
    ("enrollment", "active", Tone::Ok, "check", key("status-enrollment-active")),
    ("enrollment", "inactive", Tone::Idle, "dash", key("status-enrollment-inactive")),
    ("enrollment", "reset", Tone::Idle, "erase", key("status-enrollment-reset")),
    ("enrollment", "wiped", Tone::Idle, "erase", key("status-enrollment-wiped")),
    ("enrollment", "removed", Tone::Idle, "archive", key("status-enrollment-removed")),
    ("enrollment", "superseded", Tone::Idle, "dash", key("status-enrollment-superseded")),
    ("item", "as_desired", Tone::Ok, "check", key("status-item-as_desired")),
    ("item", "behind", Tone::Warn, "refresh", key("status-item-behind")),
    ("item", "to_install", Tone::Info, "arrow", key("status-item-to_install")),
    ("item", "to_remove", Tone::Warn, "refresh", key("status-item-to_remove")),
    ("item", "refused", Tone::Bad, "fail", key("status-item-refused")),
    ("item", "unverified", Tone::Idle, "dash", key("status-item-unverified")),
    ("attempt", "created", Tone::Info, "arrow", key("status-attempt-created")),
    ("attempt", "opened", Tone::Info, "arrow", key("status-attempt-opened")),
    ("attempt", "signed_in", Tone::Info, "arrow", key("status-attempt-signed_in")),
    ("attempt", "profile_fetched", Tone::Info, "arrow", key("status-attempt-profile_fetched")),
    ("attempt", "certificate_issued", Tone::Info, "arrow", key("status-attempt-certificate_issued")),
    ("attempt", "authenticated", Tone::Info, "arrow", key("status-attempt-authenticated")),
    ("attempt", "enrolled", Tone::Ok, "check", key("status-attempt-enrolled")),
    ("attempt", "ready", Tone::Ok, "check", key("status-attempt-ready")),
    ("attempt", "failed", Tone::Bad, "fail", key("status-attempt-failed")),
    ("attempt", "expired", Tone::Idle, "dash", key("status-attempt-expired")),
    ("attempt", "superseded", Tone::Idle, "dash", key("status-attempt-superseded")),
    ("verdict", "compliant", Tone::Ok, "check", key("status-verdict-compliant")),
    ("verdict", "in_grace", Tone::Warn, "clock", key("status-verdict-in_grace")),
    ("verdict", "not_compliant", Tone::Bad, "fail", key("status-verdict-not_compliant")),
    ("verdict", "unknown", Tone::Idle, "dash", key("status-verdict-unknown")),
    ("contact", "reachable", Tone::Ok, "check", key("status-contact-reachable")),
    ("contact", "unreachable", Tone::Bad, "fail", key("status-contact-unreachable")),
    ("contact", "unhealthy", Tone::Warn, "clock", key("status-contact-unhealthy")),
    ("invitation", "open", Tone::Info, "arrow", key("status-invitation-open")),
    ("invitation", "used", Tone::Ok, "check", key("status-invitation-used")),
    ("invitation", "expired", Tone::Idle, "dash", key("status-invitation-expired")),
    ("invitation", "revoked", Tone::Idle, "dash", key("status-invitation-revoked")),
    ("certificate", "valid", Tone::Ok, "check", key("status-certificate-valid")),
    ("certificate", "renewing", Tone::Info, "arrow", key("status-certificate-renewing")),
    ("certificate", "expiring", Tone::Warn, "clock", key("status-certificate-expiring")),
    ("certificate", "expired", Tone::Bad, "fail", key("status-certificate-expired")),
    ("certificate", "revoked", Tone::Idle, "dash", key("status-certificate-revoked")),
    ("job", "waiting", Tone::Warn, "clock", key("status-job-waiting")),
    ("job", "running", Tone::Info, "arrow", key("status-job-running")),
    ("job", "done", Tone::Ok, "check", key("status-job-done")),
    ("job", "failed", Tone::Bad, "fail", key("status-job-failed")),
    ("job", "cancelled", Tone::Idle, "dash", key("status-job-cancelled")),
    ("approval", "waiting", Tone::Warn, "clock", key("status-approval-waiting")),
    ("approval", "approved", Tone::Ok, "check", key("status-approval-approved")),
    ("approval", "declined", Tone::Idle, "dash", key("status-approval-declined")),
    ("approval", "expired", Tone::Idle, "dash", key("status-approval-expired")),
    ("approval", "cancelled", Tone::Idle, "dash", key("status-approval-cancelled")),
    ("approval", "overtaken", Tone::Idle, "dash", key("status-approval-overtaken")),
];

/// Every (kind, value) there is a word for.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROWS.iter().map(|row| (row.0, row.1))
}

/// The word and look of an API value. A value outside the list shows as itself, in grey: a newer
/// node may already write words that this one does not know.
pub fn status(texts: Texts, kind: &str, value: &str) -> Status {
    ROWS.iter()
        .find(|row| row.0 == kind && row.1 == value)
        .map_or_else(
            || Status::new(Tone::Idle, "dash", value.to_owned()),
            |(_, _, tone, icon, key)| Status::new(*tone, icon, texts.t(key)),
        )
}
