//! The words of a person's own devices: acts, things to do, what became of what was asked, who looked.

use tillsyn_core::self_service::{Asked, Gone, Look, Looked, MyDevice, Remedy, SelfAct, Who};

use crate::i18n::{Texts, Zone};
use crate::ui::{Status, Tone, status};

/// What an act is called.
pub(crate) fn act_name(l: Texts, act: SelfAct) -> String {
    match act {
        SelfAct::CheckIn => l.t("my-act-check-in"),
        SelfAct::Rename => l.t("my-act-rename"),
        SelfAct::Lock => l.t("my-act-lock"),
        SelfAct::LostMode => l.t("my-act-lost"),
        SelfAct::ClearPasscode => l.t("my-act-passcode"),
        SelfAct::Remove => l.t("my-act-remove"),
        SelfAct::Erase => l.t("my-act-erase"),
        SelfAct::Reenroll => l.t("my-act-reenroll"),
    }
}

/// How the device is called on pages that speak of it: by its kind.
pub(super) fn kind(l: Texts, platform: &str) -> String {
    match platform {
        "ios" => "iPhone".to_owned(),
        "ipados" => "iPad".to_owned(),
        "macos" => "Mac".to_owned(),
        "tvos" => "Apple TV".to_owned(),
        "watchos" => "Apple Watch".to_owned(),
        "visionos" => "Apple Vision Pro".to_owned(),
        _ => l.t("my-kind-other"),
    }
}

pub(super) fn icon(platform: &str) -> &'static str {
    match platform {
        "ios" => "phone",
        "ipados" => "tablet",
        "macos" => "laptop",
        _ => "devices",
    }
}

/// The one status of a device, from what there is to do.
pub(super) fn standing(l: Texts, device: &MyDevice) -> Status {
    match device.remedies.first() {
        None => Status::new(Tone::Ok, "check", l.t("my-status-fine")),
        Some(Remedy::Stolen) => status(l, "device", "stolen"),
        Some(Remedy::Lost) => status(l, "device", "lost"),
        Some(Remedy::Leaving) => Status::new(Tone::Info, "arrow", l.t("my-status-leaving")),
        Some(Remedy::EnrollAgain { .. }) => Status::new(Tone::Idle, "dash", l.t("my-status-gone")),
        Some(_) => Status::new(Tone::Warn, "clock", l.t("my-status-task")),
    }
}

/// One thing to do, in words: what is, why it matters, and steps.
#[derive(Clone, Debug, Default)]
pub struct RemedyCard {
    pub title: String,
    pub text: String,
    pub steps: Vec<String>,
    /// The button asks the device to check in.
    pub checks_in: bool,
    /// The link leads to enrolling it again.
    pub enrolls: bool,
    pub tone: &'static str,
}

/// The card of a remedy for a device.
pub(super) fn card(l: Texts, device: &MyDevice, remedy: &Remedy) -> RemedyCard {
    let kind = kind(l, &device.platform);
    let tone = if remedy.blocks() { "bad" } else { "warn" };
    let plain = |title: String, text: String| RemedyCard {
        title,
        text,
        tone,
        ..RemedyCard::default()
    };
    match remedy {
        Remedy::Stolen => plain(l.t("my-remedy-stolen"), l.t("my-remedy-stolen-text")),
        Remedy::Lost => plain(l.ta("my-remedy-lost", &kind), l.t("my-remedy-lost-text")),
        Remedy::Leaving => RemedyCard {
            tone: "info",
            ..plain(
                l.ta("my-remedy-leaving", &kind),
                l.t("my-remedy-leaving-text"),
            )
        },
        Remedy::EnrollAgain { gone } => RemedyCard {
            steps: vec![
                l.ta("my-remedy-gone-1", &kind),
                l.t("my-remedy-gone-2"),
                l.t("my-remedy-gone-3"),
            ],
            enrolls: true,
            ..plain(
                l.ta("my-remedy-gone", &kind),
                format!("{} {}", why_gone(l, *gone), l.t("my-remedy-gone-text")),
            )
        },
        Remedy::OpenAndCheckIn { days } => RemedyCard {
            steps: vec![
                l.ta("my-remedy-quiet-1", &kind),
                l.t("my-remedy-quiet-2"),
                l.t("my-remedy-quiet-3"),
            ],
            checks_in: true,
            ..plain(
                l.tn("my-remedy-quiet", *days),
                l.ta("my-remedy-quiet-text", &kind),
            )
        },
        Remedy::PushDead => RemedyCard {
            steps: vec![
                l.ta("my-remedy-push-1", &kind),
                l.t("my-remedy-push-2"),
                l.t("my-remedy-push-3"),
            ],
            enrolls: true,
            ..plain(l.ta("my-remedy-push", &kind), l.t("my-remedy-push-text"))
        },
        Remedy::Refused { names } => RemedyCard {
            steps: vec![l.t("my-remedy-refused-1"), l.t("my-remedy-refused-2")],
            checks_in: true,
            ..plain(
                l.ta("my-remedy-refused", &kind),
                l.ta("my-remedy-refused-text", &names.join(", ")),
            )
        },
        Remedy::LogInAgain => RemedyCard {
            steps: vec![
                l.t("my-remedy-account-1"),
                l.t("my-remedy-account-2"),
                l.t("my-remedy-account-3"),
            ],
            enrolls: true,
            ..plain(l.t("my-remedy-account"), l.t("my-remedy-account-text"))
        },
        Remedy::SetPasscode | Remedy::UpdateSystem { .. } | Remedy::FreeStorage { .. } => {
            in_settings(l, device, remedy, plain)
        }
    }
}

/// What the person mends in the settings of the device itself.
fn in_settings(
    l: Texts,
    device: &MyDevice,
    remedy: &Remedy,
    plain: impl Fn(String, String) -> RemedyCard,
) -> RemedyCard {
    let kind = kind(l, &device.platform);
    let mac = device.platform == "macos";
    let (card, way) = match remedy {
        Remedy::UpdateSystem { version } => (
            plain(
                l.ta("my-remedy-update", version),
                l.ta("my-remedy-update-text", &kind),
            ),
            [l.t("my-remedy-update-1"), l.t("my-remedy-update-2")],
        ),
        Remedy::FreeStorage { free_bytes } => (
            plain(
                l.ta("my-remedy-storage", &kind),
                l.ta("my-remedy-storage-text", &gigabytes(l, *free_bytes)),
            ),
            [
                if mac {
                    l.t("my-remedy-storage-mac-1")
                } else {
                    l.t("my-remedy-storage-1")
                },
                l.t("my-remedy-storage-2"),
            ],
        ),
        _ => (
            plain(
                l.ta("my-remedy-passcode", &kind),
                l.t("my-remedy-passcode-text"),
            ),
            [
                if mac {
                    l.t("my-remedy-passcode-mac-1")
                } else {
                    l.t("my-remedy-passcode-1")
                },
                l.t("my-remedy-passcode-2"),
            ],
        ),
    };
    let [first, second] = way;
    RemedyCard {
        steps: vec![first, second, l.t("my-remedy-settings-last")],
        checks_in: true,
        ..card
    }
}

/// One place after the point, as the language writes it.
fn gigabytes(l: Texts, bytes: i64) -> String {
    let tenths = bytes.max(0) / 100_000_000;
    let point = if l.tag() == "sv" { ',' } else { '.' };
    format!("{}{point}{}\u{a0}GB", tenths / 10, tenths % 10)
}

fn why_gone(l: Texts, gone: Gone) -> String {
    match gone {
        Gone::RemovedOnDevice => l.t("my-gone-removed"),
        Gone::Retired => l.t("my-gone-retired"),
        Gone::Erased => l.t("my-gone-erased"),
        Gone::Silent => l.t("my-gone-silent"),
        Gone::Other => l.t("my-gone-other"),
    }
}

/// Something that was asked for, as its line says it.
#[derive(Clone, Debug, Default)]
pub struct AskedLine {
    pub id: String,
    pub what: String,
    pub status: Status,
    pub note: String,
    /// When it goes by itself, for the countdown; empty when nothing counts down.
    pub until: String,
    pub can_cancel: bool,
}

/// The line of something that was asked for.
pub(super) fn asked(l: Texts, asked: &Asked, zone: &Zone) -> AskedLine {
    let what = match asked.request_type.as_str() {
        "DeviceLock" => l.t("my-act-lock"),
        "EnableLostMode" => l.t("my-act-lost"),
        "DisableLostMode" => l.t("my-act-found"),
        "ClearPasscode" => l.t("my-act-passcode"),
        "RemoveProfile" => l.t("my-act-remove"),
        "EraseDevice" => l.t("my-act-erase"),
        _ => l.t("my-act-check-in"),
    };
    let held = asked.status == "held";
    let note = match (asked.status.as_str(), asked.held_until) {
        ("held", Some(at)) => l.ta("my-asked-held", &l.moment(at, zone).text),
        ("held", None) => l.t("my-asked-approval"),
        ("queued" | "push_sent" | "not_now", _) => l.t("my-asked-waits"),
        ("sent", _) => l.t("my-asked-sent"),
        ("acknowledged", _) => l.ago(asked.updated_at, zone).text,
        ("cancelled", _) if asked.status_reason.as_deref() == Some("withdrawn") => {
            l.t("my-asked-withdrawn")
        }
        ("cancelled", _) => l.t("my-asked-ended"),
        ("error", _) => l.t("my-asked-error"),
        ("expired", _) => l.t("my-asked-expired"),
        _ => String::new(),
    };
    AskedLine {
        id: asked.id.to_string(),
        what,
        status: status(l, "command", &asked.status),
        note,
        until: match asked.held_until {
            Some(at) if held => l.moment(at, zone).iso,
            _ => String::new(),
        },
        can_cancel: asked.can_cancel,
    }
}

/// Who looked at what, as one sentence.
pub(super) fn looked(l: Texts, looked: &Looked) -> String {
    let who = match &looked.who {
        Who::Person(name) => name.clone(),
        Who::Program(owner) => l.ta("my-looked-program", owner),
        Who::Unnamed => l.t("my-looked-somebody"),
    };
    let what = match looked.look {
        Look::Secret => l.t("my-looked-secret"),
        Look::Location => l.t("my-looked-location"),
        Look::AskedLocation => l.t("my-looked-asked-location"),
        Look::AskedApps => l.t("my-looked-apps"),
        Look::AskedStatus => l.t("my-looked-status"),
    };
    let args = [("who", (&who).into()), ("what", (&what).into())];
    l.t_args("my-looked-line", &args)
}
