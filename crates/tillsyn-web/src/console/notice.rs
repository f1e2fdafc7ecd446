//! What the last act led to, shown once on the page after it. A cookie carries the word for it: nothing
//! in it is secret, and whoever forges it can only show themselves one of our own sentences.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, header};

use super::undo;
use super::words::Notice;
use crate::i18n::{Texts, Zone};
use crate::state::AppState;
use crate::ui::Message;

const COOKIE: &str = "tillsyn-notice";
/// As long as what it tells of can be taken back from it.
const LIFE_SECS: u32 = undo::LIFE_SECS;

/// A notice as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Refreshed,
    Locked,
    Queued,
    /// Goes at this time.
    Held(i64),
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
    AskedSecond,
    Stopped,
    /// More than a selection holds.
    SelectionFull,
    NothingChosen,
    /// Several devices are asked for their state.
    AskedSeveral,
    /// None of them can answer.
    NoneCan,
    WithdrawnSeveral,
    MemberAdded,
    MemberRemoved,
    /// It is as somebody wanted it already.
    SoAlready,
    ProfileArchived,
}

impl Told {
    const PLAIN: [(Self, &'static str); 41] = [
        (Self::Refreshed, "refreshed"),
        (Self::Locked, "locked"),
        (Self::Queued, "queued"),
        (Self::HeldForRelease, "release"),
        (Self::Withdrawn, "withdrawn"),
        (Self::TooLate, "too_late"),
        (Self::InvitationRevoked, "invitation_revoked"),
        (Self::TokenRevoked, "token_revoked"),
        (Self::PushSaved, "push_saved"),
        (Self::PushNoted, "push_noted"),
        (Self::PushRehearsed, "push_rehearsed"),
        (Self::PushResumed, "push_resumed"),
        (Self::CertificateRevoked, "certificate_revoked"),
        (Self::InventorySaved, "inventory_saved"),
        (Self::Saved, "saved"),
        (Self::ProfileMade, "profile_made"),
        (Self::ProfileDescribed, "profile_described"),
        (Self::ProfileDeleted, "profile_deleted"),
        (Self::DraftDiscarded, "draft_discarded"),
        (Self::Checked, "checked"),
        (Self::TriedAgain, "tried_again"),
        (Self::CommentSaved, "comment_saved"),
        (Self::OlderTaken, "older_taken"),
        (Self::PasswordChanged, "password_changed"),
        (Self::FactorAdded, "factor_added"),
        (Self::FactorRemoved, "factor_removed"),
        (Self::SessionEnded, "session_ended"),
        (Self::Asked, "asked"),
        (Self::Approved, "approved"),
        (Self::Declined, "declined"),
        (Self::AskedSecond, "asked_second"),
        (Self::Stopped, "stopped"),
        (Self::SelectionFull, "selection_full"),
        (Self::NothingChosen, "nothing_chosen"),
        (Self::AskedSeveral, "asked_several"),
        (Self::NoneCan, "none_can"),
        (Self::WithdrawnSeveral, "withdrawn_several"),
        (Self::MemberAdded, "member_added"),
        (Self::MemberRemoved, "member_removed"),
        (Self::SoAlready, "so_already"),
        (Self::ProfileArchived, "profile_archived"),
    ];

    fn value(self) -> String {
        if let Self::Held(until) = self {
            return format!("held.{until}");
        }
        let plain = Self::PLAIN.iter().find(|(told, _)| *told == self);
        plain.map_or_else(String::new, |(_, word)| (*word).to_owned())
    }

    fn from_value(value: &str) -> Option<Self> {
        if let Some(until) = value.strip_prefix("held.") {
            return until.parse().ok().map(Self::Held);
        }
        let plain = Self::PLAIN.iter().find(|(_, word)| *word == value);
        plain.map(|(told, _)| *told)
    }

    pub(crate) fn message(self, l: Texts, zone: &Zone) -> Message {
        let notice = match self {
            Self::Refreshed => Notice::Refreshed,
            Self::Locked => Notice::Locked,
            Self::Queued => Notice::Queued,
            Self::Held(until) => Notice::Held {
                until: l.moment(until, zone).text,
            },
            Self::HeldForRelease => Notice::HeldForRelease,
            Self::Withdrawn => Notice::Withdrawn,
            Self::TooLate => Notice::TooLate,
            Self::InvitationRevoked => Notice::InvitationRevoked,
            Self::TokenRevoked => Notice::TokenRevoked,
            Self::PushSaved => Notice::PushSaved,
            Self::PushNoted => Notice::PushNoted,
            Self::PushRehearsed => Notice::PushRehearsed,
            Self::PushResumed => Notice::PushResumed,
            Self::CertificateRevoked => Notice::CertificateRevoked,
            Self::InventorySaved => Notice::InventorySaved,
            Self::Saved => Notice::Saved,
            Self::ProfileMade => Notice::ProfileMade,
            Self::ProfileDescribed => Notice::ProfileDescribed,
            Self::ProfileDeleted => Notice::ProfileDeleted,
            Self::DraftDiscarded => Notice::DraftDiscarded,
            Self::Checked => Notice::Checked,
            Self::TriedAgain => Notice::TriedAgain,
            Self::CommentSaved => Notice::CommentSaved,
            Self::OlderTaken => Notice::OlderTaken,
            Self::PasswordChanged => Notice::PasswordChanged,
            Self::FactorAdded => Notice::FactorAdded,
            Self::FactorRemoved => Notice::FactorRemoved,
            Self::SessionEnded => Notice::SessionEnded,
            Self::Asked => Notice::Asked,
            Self::Approved => Notice::Approved,
            Self::Declined => Notice::Declined,
            Self::AskedSecond => Notice::AskedSecond,
            Self::Stopped => Notice::Stopped,
            Self::SelectionFull => Notice::SelectionFull,
            Self::NothingChosen => Notice::NothingChosen,
            Self::AskedSeveral => Notice::AskedSeveral,
            Self::NoneCan => Notice::NoneCan,
            Self::WithdrawnSeveral => Notice::WithdrawnSeveral,
            Self::MemberAdded => Notice::MemberAdded,
            Self::MemberRemoved => Notice::MemberRemoved,
            Self::SoAlready => Notice::SoAlready,
            Self::ProfileArchived => Notice::ProfileArchived,
        };
        notice.message(l)
    }
}

/// Sends the browser to a page that says what happened.
pub(crate) fn go(state: &AppState, to: &str, told: Told) -> Response {
    let mut answer = Redirect::to(to).into_response();
    let cookie = set_cookie(state, COOKIE, &told.value(), LIFE_SECS);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    answer
}

/// The notice that waits for this page.
pub(super) fn of(headers: &HeaderMap) -> Option<Told> {
    Told::from_value(cookie(headers, COOKIE)?)
}

/// Ends the notice; it has been shown.
pub(super) fn clear(state: &AppState) -> [HeaderValue; 2] {
    [COOKIE, undo::COOKIE].map(|name| set_cookie(state, name, "", 0))
}

/// The value of a cookie that holds no secret.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

pub(super) fn set_cookie(state: &AppState, name: &str, value: &str, secs: u32) -> HeaderValue {
    kept(state, (name, value), secs, "Lax")
}

/// The same of one that no request from elsewhere brings along.
pub(super) fn strict_cookie(state: &AppState, name: &str, value: &str, secs: u32) -> HeaderValue {
    kept(state, (name, value), secs, "Strict")
}

fn kept(state: &AppState, (name, value): (&str, &str), secs: u32, same_site: &str) -> HeaderValue {
    let secure = if state.config.secure { "; Secure" } else { "" };
    let text = format!(
        "{name}={value}; Path=/console; HttpOnly; SameSite={same_site}; Max-Age={secs}{secure}"
    );
    // All names and values are our own words and numbers.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
