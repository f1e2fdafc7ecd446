use crate::console::device::{FactValue, SecurityFact, StripFigure};
use crate::console::devices::Seen;
use crate::console::settings::LadderStep;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Message, Status, Tone, status};

/// `yes` or `no` for a fact that is one of both.
pub fn yes_no(l: Texts, value: bool) -> String {
    if value { l.t("yes") } else { l.t("no") }
}

pub fn enrollment_type(l: Texts, value: &str) -> String {
    match value {
        "profile" => l.t("enrollment-profile"),
        "ade" => l.t("enrollment-ade"),
        "account_driven_user" | "account_driven_device" => l.t("enrollment-account"),
        other => other.to_owned(),
    }
}

/// A role as people call it: own roles by the name they were given.
pub fn role(l: Texts, id: &str, name: &str) -> String {
    match id {
        "owner" => l.t("role-owner"),
        "administrator" => l.t("role-administrator"),
        "help_desk" => l.t("role-help-desk"),
        "auditor" => l.t("role-auditor"),
        "read_only" => l.t("role-reader"),
        _ => name.to_owned(),
    }
}

/// What a built-in role is for.
pub fn role_note(l: Texts, id: &str) -> String {
    match id {
        "owner" => l.t("role-note-owner"),
        "administrator" => l.t("role-note-administrator"),
        "help_desk" => l.t("role-note-help-desk"),
        "auditor" => l.t("role-note-auditor"),
        "read_only" => l.t("role-note-reader"),
        _ => String::new(),
    }
}

/// The platforms that accounts are limited to.
pub fn platform_family(l: Texts, value: &str) -> String {
    match value {
        "apple" => l.t("platform-apple"),
        other => other.to_owned(),
    }
}

/// A platform as people call it.
pub fn platform(l: Texts, value: &str) -> String {
    match value {
        "iphone" | "ios" => "iPhone".to_owned(),
        "ipad" | "ipados" => "iPad".to_owned(),
        "mac" | "macos" => "Mac".to_owned(),
        "tvos" => "Apple TV".to_owned(),
        "other" => l.t("platform-other"),
        other => other.to_owned(),
    }
}

/// A platform's OS, for lists of versions.
pub fn os_name(platform: &str) -> &'static str {
    match platform {
        "ios" => "iPhone",
        "ipados" => "iPad",
        "macos" => "Mac",
        "tvos" => "Apple TV",
        _ => "?",
    }
}

pub fn ownership(l: Texts, value: &str) -> String {
    match value {
        "personal" => l.t("personal"),
        "corporate" => l.t("corporate"),
        other => other.to_owned(),
    }
}

/// `1 of 2`: how often an invitation was used.
pub fn uses(l: Texts, used: u64, max: u64) -> String {
    l.t_args(
        "invitation-uses-of",
        &[("used", used.into()), ("max", max.into())],
    )
}

/// Below a list: how many of how many.
pub fn pager_summary(l: Texts, shown: u64, total: u64) -> String {
    l.t_args(
        "pager-summary",
        &[("shown", shown.into()), ("n", total.into())],
    )
}

pub fn devices_caption(l: Texts, total: u64, order: &str) -> String {
    l.t_args(
        "devices-caption",
        &[("n", total.into()), ("order", order.into())],
    )
}

/// The status boxes above a list of commands, attempts or invitations.
pub fn status_choices(l: Texts, kind: &str, chosen: &[&str]) -> Vec<Choice> {
    crate::ui::words()
        .filter(|(found, _)| *found == kind)
        .map(|(_, value)| Choice {
            value: value.to_owned(),
            text: status(l, kind, value).text,
            chosen: chosen.contains(&value),
        })
        .collect()
}

/// Labels of filter parameters in the address.
pub fn filter_label(l: Texts, name: &str) -> String {
    match name {
        "platform" => l.t("platform"),
        "status" => l.t("status"),
        "ownership" => l.t("ownership"),
        "os_version" => l.t("os"),
        "model" => l.t("model"),
        "contact" => l.t("contact"),
        "seen" => l.t("filter-seen"),
        "q" => l.t("search"),
        "unit" => l.t("org-unit"),
        "person" => l.t("person"),
        "group" => l.t("group"),
        "enrolled" => l.t("report-enrolled"),
        "heard" => l.t("report-heard"),
        "unit_itself" => l.t("report-unit-itself"),
        other => other.to_owned(),
    }
}

/// A filter's value in words.
pub fn filter_value(l: Texts, name: &str, value: &str) -> String {
    match (name, value) {
        (_, "unknown") => l.t("not-known"),
        ("enrolled" | "heard", value) => crate::console::reports::days_ago(l, value),
        ("platform", value) => platform(l, value),
        ("ownership", value) => ownership(l, value),
        ("status", value) => status(l, "device", value).text,
        ("contact", value) => status(l, "contact", value).text,
        ("seen", value) => match Seen::parse(value) {
            Some(Seen::Hours(hours)) => l.tn("filter-seen-hours", hours),
            Some(Seen::Days(days)) => l.tn("filter-seen-days", days),
            Some(Seen::OverDays(days)) => l.tn("filter-seen-over", days),
            None => value.to_owned(),
        },
        (_, value) => value.to_owned(),
    }
}

/// "Failed at Profile fetched": a failed attempt names its step.
pub fn attempt_status(l: Texts, value: &str, failed_after: &str) -> Status {
    let plain = status(l, "attempt", value);
    if value == "failed" && !failed_after.is_empty() {
        let step = status(l, "attempt", failed_after).text;
        return plain.with_text(l.ta("status-attempt-failed-at", &step));
    }
    plain
}

/// A step of an attempt in one sentence; `with_pin` tells whether a PIN was asked for.
pub fn attempt_step(l: Texts, value: &str, with_pin: bool) -> String {
    match value {
        "created" => l.t("step-created"),
        "opened" => l.t("step-opened"),
        "signed_in" if with_pin => l.t("step-signed-in"),
        "signed_in" => l.t("step-agreed"),
        "profile_fetched" => l.t("step-profile-fetched"),
        "certificate_issued" => l.t("step-certificate-issued"),
        "authenticated" => l.t("step-authenticated"),
        "enrolled" => l.t("step-enrolled"),
        "ready" => l.t("step-ready"),
        "expired" => l.t("step-expired"),
        "superseded" => l.t("step-superseded"),
        _ => String::new(),
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    Required,
    Number {
        min: i64,
        max: i64,
    },
    PasswordShort,
    PasswordCommon,
    PasswordWrong,
    PasswordSame,
    /// A code of an app or a recovery code.
    CodeUsed,
    CodeWrong,
    MailAddress,
    Length(i64),
    NoPemCertificate,
    NoPemKey,
    NoProfile,
    NameNotTyped,
}

impl FieldError {
    pub fn text(self, l: Texts) -> String {
        match self {
            Self::Required => l.t("error-required"),
            Self::Number { min, max } => {
                l.t_args("error-number", &[("min", min.into()), ("max", max.into())])
            }
            Self::PasswordShort => l.t("error-password-short"),
            Self::PasswordCommon => l.t("error-password-common"),
            Self::PasswordWrong => l.t("error-password-wrong"),
            Self::PasswordSame => l.t("error-password-same"),
            Self::CodeUsed => l.t("error-code-used"),
            Self::CodeWrong => l.t("error-code"),
            Self::MailAddress => l.t("error-mail"),
            Self::Length(most) => l.tn("error-length", most),
            Self::NoPemCertificate => l.t("error-pem-certificate"),
            Self::NoPemKey => l.t("error-pem-key"),
            Self::NoProfile => l.t("error-profile"),
            Self::NameNotTyped => l.t("guard-typed-wrong"),
        }
    }
}

/// Texts of the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInText {
    Failed,
    /// Too many tries; wait for this many minutes.
    SlowDown(u64),
    SignedOut,
    Needed,
    /// A passkey was not accepted.
    Passkey,
    /// A sign-in at an identity provider was refused, with this code.
    Provider(&'static str),
}

/// What is wrong with a new password, by the code of the refusal.
pub fn password_error(code: &str) -> FieldError {
    match code {
        "password_common" => FieldError::PasswordCommon,
        "password_same" => FieldError::PasswordSame,
        "password_long" => FieldError::Length(1_024),
        _ => FieldError::PasswordShort,
    }
}

/// Why a sign-in at an identity provider was refused, by its code.
pub fn provider_problem(l: Texts, code: &str) -> Option<String> {
    Some(match code {
        "sso_over" => l.t("provider-over"),
        "sso_declined" => l.t("provider-declined"),
        "sso_answer" => l.t("provider-answer"),
        "sso_away" => l.t("provider-away"),
        "sso_first" => l.t("provider-first"),
        "sso_not_mapped" => l.t("provider-not-mapped"),
        "sso_elsewhere" => l.t("provider-elsewhere"),
        "sso_account_disabled" => l.t("provider-account-disabled"),
        "sso_no_email" => l.t("provider-no-email"),
        "sso_email_taken" => l.t("provider-email-taken"),
        "sso_not_fresh" => l.t("provider-not-fresh"),
        "sso_second_factor" => l.t("provider-second-factor"),
        "sso_other_person" => l.t("provider-other-person"),
        _ => return None,
    })
}

impl SignInText {
    pub fn text(self, l: Texts) -> String {
        match self {
            Self::Failed => l.t("sign-in-failed"),
            Self::SlowDown(minutes) => l.tn("sign-in-slow", minutes),
            Self::SignedOut => l.t("signed-out"),
            Self::Needed => l.t("sign-in-needed"),
            Self::Passkey => l.t("passkey-failed"),
            Self::Provider(code) => {
                provider_problem(l, code).unwrap_or_else(|| l.t("provider-answer"))
            }
        }
    }
}

/// The reason of an act: one of the list with its note, or what somebody wrote.
pub fn reason(l: Texts, stored: &str) -> String {
    let (value, note) = stored.split_once(": ").unwrap_or((stored, ""));
    let found = crate::console::guard::reasons(l)
        .into_iter()
        .find(|choice| choice.value == value);
    match (found, note) {
        (None, _) => stored.to_owned(),
        (Some(choice), "") => choice.text,
        (Some(choice), note) => format!("{}: {note}", choice.text),
    }
}

/// Names of acts, for the callouts and the page that asks for the password.
pub fn act(l: Texts, request_type: &str) -> String {
    match request_type {
        "DeviceLock" => l.t("command-device-lock"),
        "EraseDevice" => l.t("command-erase-device"),
        "Retire" => l.t("command-retire"),
        other => other.to_owned(),
    }
}

/// Notices after an action, shown once on the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    Refreshed,
    Locked,
    /// The PIN that a Mac asks for; never stored in the notice's address or log.
    LockPin {
        name: String,
        pin: String,
    },
    Queued,
    /// Goes at this time.
    Held {
        until: String,
    },
    /// Waits for a release on the server.
    HeldForRelease,
    Withdrawn,
    TooLate,
    InvitationRevoked,
    TokenRevoked,
    PushSaved,
    PushNoted,
    PushRehearsed,
    PushResumed,
    CertificateRevoked,
    InventorySaved,
    Saved,
    ProfileMade,
    ProfileDescribed,
    ProfileDeleted,
    DraftDiscarded,
    Checked,
    TriedAgain,
    CommentSaved,
    OlderTaken,
    PasswordChanged,
    FactorAdded,
    FactorRemoved,
    SessionEnded,
    /// A second person decides.
    Asked,
    Approved,
    Declined,
    /// Somebody else has to agree.
    AskedSecond,
    Stopped,
    SelectionFull,
    NothingChosen,
    AskedSeveral,
    NoneCan,
    WithdrawnSeveral,
    MemberAdded,
    MemberRemoved,
    SoAlready,
    ProfileArchived,
}

impl Notice {
    pub fn message(&self, l: Texts) -> Message {
        let message = |tone, title: String, text: String| Message {
            tone,
            title,
            text,
            undo: None,
        };
        let done = |title: String| message("ok", title, String::new());
        match self {
            Self::Refreshed => done(l.t("message-refreshed")),
            Self::Locked => done(l.t("message-locked")),
            Self::LockPin { name, pin } => message(
                "info",
                l.t_args("message-pin", &[("name", name.into()), ("pin", pin.into())]),
                l.t("message-pin-text"),
            ),
            Self::Queued => done(l.t("message-queued")),
            Self::Held { until } => message(
                "warn",
                l.ta("message-held", until),
                l.t("message-held-text"),
            ),
            Self::HeldForRelease => {
                message("warn", l.t("message-release"), l.t("message-held-text"))
            }
            Self::Withdrawn => done(l.t("message-withdrawn")),
            Self::TooLate => message("bad", l.t("message-too-late"), l.t("message-too-late-text")),
            Self::InvitationRevoked => done(l.t("message-invitation-revoked")),
            Self::TokenRevoked => done(l.t("message-token-revoked")),
            Self::PushSaved => done(l.t("message-push-saved")),
            Self::PushNoted => done(l.t("message-push-noted")),
            Self::PushRehearsed => done(l.t("message-push-rehearsed")),
            Self::PushResumed => done(l.t("message-push-resumed")),
            Self::CertificateRevoked => done(l.t("message-certificate-revoked")),
            Self::InventorySaved => done(l.t("notice-inventory-saved")),
            Self::Saved => done(l.t("message-saved")),
            Self::ProfileMade => done(l.t("message-profile-made")),
            Self::ProfileDescribed => done(l.t("message-profile-described")),
            Self::ProfileDeleted => done(l.t("message-profile-deleted")),
            Self::DraftDiscarded => done(l.t("message-draft-discarded")),
            Self::Checked => done(l.t("message-profiles-checked")),
            Self::TriedAgain => done(l.t("message-tried-again")),
            Self::CommentSaved => done(l.t("message-comment-saved")),
            Self::OlderTaken => done(l.t("message-older-taken")),
            Self::PasswordChanged => done(l.t("message-password-changed")),
            Self::FactorAdded => done(l.t("message-factor-added")),
            Self::FactorRemoved => done(l.t("message-factor-removed")),
            Self::SessionEnded => done(l.t("message-session-ended")),
            Self::Asked => message("info", l.t("message-asked"), l.t("message-asked-text")),
            Self::Approved => done(l.t("message-approved")),
            Self::Declined => done(l.t("message-declined")),
            Self::AskedSecond => {
                let text = l.t("message-asked-second-text");
                message("warn", l.t("message-asked-second"), text)
            }
            Self::Stopped => message("bad", l.t("message-stopped"), l.t("message-stopped-text")),
            Self::SelectionFull => message("warn", l.t("message-selection-full"), String::new()),
            Self::NothingChosen => message("warn", l.t("move-none"), String::new()),
            Self::AskedSeveral => done(l.t("message-asked-several")),
            Self::NoneCan => message("warn", l.t("message-none-can"), String::new()),
            Self::WithdrawnSeveral => done(l.t("message-withdrawn-several")),
            Self::MemberAdded => done(l.t("message-member-added")),
            Self::MemberRemoved => done(l.t("message-member-removed")),
            Self::SoAlready => message(
                "info",
                l.t("message-so-already"),
                l.t("message-so-already-text"),
            ),
            Self::ProfileArchived => message(
                "ok",
                l.t("message-profile-archived"),
                l.t("message-profile-archived-text"),
            ),
        }
    }
}

/// Figures of the strip below a device's name.
impl StripFigure {
    fn words(label: String, value: String, note: String) -> Self {
        Self {
            label,
            value,
            when: None,
            status: None,
            note,
        }
    }

    pub fn seen(l: Texts, seen: Option<When>) -> Self {
        let value = if seen.is_some() {
            String::new()
        } else {
            l.t("never")
        };
        Self {
            when: seen,
            ..Self::words(l.t("last-seen"), value, String::new())
        }
    }

    pub fn os(l: Texts, os: &str, build: &str) -> Self {
        let note = if build.is_empty() {
            String::new()
        } else {
            l.ta("build", build)
        };
        Self::words(l.t("strip-os"), os.to_owned(), note)
    }

    pub fn enrollment(l: Texts, kind: &str, since: &str) -> Self {
        Self::words(
            l.t("enrollment"),
            enrollment_type(l, kind),
            l.ta("since", since),
        )
    }

    pub fn contact(l: Texts, value: &str) -> Self {
        Self {
            status: Some(status(l, "contact", value)),
            ..Self::words(l.t("strip-contact"), String::new(), String::new())
        }
    }

    /// `battery` and `free` ready to print, each may be empty.
    pub fn battery(l: Texts, battery: &str, free: &str, total: &str) -> Self {
        let note = if free.is_empty() {
            String::new()
        } else {
            l.t_args(
                "storage-free",
                &[("free", free.into()), ("total", total.into())],
            )
        };
        let value = if battery.is_empty() {
            l.t("not-known")
        } else {
            battery.to_owned()
        };
        Self::words(l.t("strip-battery"), value, note)
    }

    pub fn certificate(l: Texts, days: i64, until: &str) -> Self {
        let (tone, icon) = match days {
            ..=0 => (Tone::Bad, "fail"),
            1..=30 => (Tone::Warn, "clock"),
            _ => (Tone::Ok, "check"),
        };
        Self {
            status: Some(Status::new(tone, icon, l.tn("days-left", days.max(0)))),
            ..Self::words(l.t("strip-certificate"), String::new(), until.to_owned())
        }
    }
}

/// Lines of the security card. A fact without proof shows as unknown, never as good.
impl SecurityFact {
    fn new(l: Texts, label: String, known: Option<(Tone, &'static str, String)>) -> Self {
        let (tone, icon, text) = known.unwrap_or_else(|| (Tone::Idle, "dash", l.t("not-known")));
        Self {
            label,
            status: Status::new(tone, icon, text),
            note: String::new(),
        }
    }

    pub fn passcode(l: Texts, present: Option<bool>, compliant: Option<bool>) -> Self {
        let known = present.map(|present| match (present, compliant) {
            (false, _) => (Tone::Bad, "fail", l.t("security-not-set")),
            (true, Some(true)) => (Tone::Ok, "check", l.t("security-compliant")),
            (true, Some(false)) => (Tone::Warn, "clock", l.t("security-short")),
            (true, None) => (Tone::Ok, "check", l.t("security-set")),
        });
        Self::new(l, l.t("security-passcode"), known)
    }

    pub fn encryption(l: Texts, on: Option<bool>) -> Self {
        Self::new(l, l.t("security-encryption"), on.map(|on| on_off(l, on)))
    }

    pub fn firewall(l: Texts, on: Option<bool>) -> Self {
        Self::new(l, l.t("security-firewall"), on.map(|on| on_off(l, on)))
    }

    /// Neither state is a fault: grey.
    pub fn activation_lock(l: Texts, on: Option<bool>) -> Self {
        let known = on.map(|on| (Tone::Idle, "lock", on_off(l, on).2));
        Self::new(l, l.t("security-activation-lock"), known)
    }

    /// A PIN of ours that opens it after a lock is kept sealed.
    pub fn lock_pin(l: Texts) -> Self {
        let known = (Tone::Info, "key", l.t("security-lock-pin-kept"));
        Self::new(l, l.t("security-lock-pin"), Some(known))
    }

    pub fn supervision(l: Texts, on: Option<bool>) -> Self {
        let known = on.map(|on| (Tone::Idle, "shield", yes_no(l, on)));
        Self::new(l, l.t("security-supervision"), known)
    }
}

fn on_off(l: Texts, on: bool) -> (Tone, &'static str, String) {
    if on {
        (Tone::Ok, "check", l.t("security-on"))
    } else {
        (Tone::Bad, "fail", l.t("security-off"))
    }
}

/// The pill for a supervised device.
pub fn supervised(l: Texts) -> Status {
    Status::new(Tone::Info, "shield", l.t("supervised"))
}

/// Lines of the identity card. A personal device shares neither serial number nor UDID.
pub fn identity(
    l: Texts,
    personal: bool,
    serial: Option<&str>,
    udid: Option<&str>,
    device_id: &str,
    enrollment_id: &str,
) -> Vec<crate::console::device::Identity> {
    let line = |label: String, value: FactValue| crate::console::device::Identity {
        label,
        value,
        code: true,
    };
    let shared = |value: Option<&str>| match value {
        Some(value) => FactValue::Known(value.to_owned()),
        None if personal => FactValue::NotShared,
        None => FactValue::Unknown,
    };
    let mut lines = vec![
        line(l.t("serial"), shared(serial)),
        line("UDID".to_owned(), shared(udid)),
        line(l.t("device-id"), FactValue::Known(device_id.to_owned())),
    ];
    if !enrollment_id.is_empty() {
        lines.push(line(
            l.t("enrollment-id"),
            FactValue::Known(enrollment_id.to_owned()),
        ));
    }
    lines
}

/// Where an installed profile comes from.
pub fn profile_origin(l: Texts, value: &str) -> String {
    match value {
        "enrollment" => l.t("origin-enrollment"),
        "tillsyn" => l.t("origin-tillsyn"),
        _ => l.t("origin-other"),
    }
}

/// Security S90: warnings at 60, 30, 14, 7 and 1 days. `date` prints the day that many days before.
pub fn push_ladder(l: Texts, days_left: i64, date: impl Fn(i64) -> String) -> Vec<LadderStep> {
    let mut steps: Vec<LadderStep> = [60, 30, 14, 7, 1]
        .into_iter()
        .map(|days| LadderStep {
            when: date(days),
            text: l.tn("push-ladder-step", days),
            past: days_left <= days,
        })
        .collect();
    steps.push(LadderStep {
        when: date(0),
        text: l.t("push-ladder-end"),
        past: days_left <= 0,
    });
    steps
}

/// How long a new token may live.
pub fn token_days(l: Texts, chosen: i64) -> Vec<Choice> {
    [7, 30, 90, 365]
        .into_iter()
        .map(|days| Choice {
            value: days.to_string(),
            text: l.tn("span-days", days),
            chosen: days == chosen,
        })
        .collect()
}
