//! The page of a link that takes nobody.

use askama::Template;
use http::StatusCode;
use tillsyn_core::Kind;

use super::PortalFrame;
use crate::error::{AppError, ErrorKind};

/// The link cannot be used. Answered with a 4xx or 503 status and never as a profile.
#[derive(Template)]
#[template(path = "portal/closed.html")]
pub struct ClosedPage {
    pub f: PortalFrame,
    pub closed: Closed,
    /// The link whose PIN the person may have sent to them anew.
    pub new_pin: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    Expired,
    Used,
    Revoked,
    /// No such code, or none any more.
    Unknown,
    /// Too many wrong PINs.
    PinsSpent,
    /// The PIN is too old; the link is not.
    PinExpired,
    /// Too many attempts were made with it.
    Spent,
    /// Too many tries from here, for now.
    SlowDown,
    /// The server cannot enroll anything at present.
    NotReady,
    /// A form that did not come from our page, or not whole.
    Odd,
    /// They have as many devices as they may.
    Limit,
    /// Devices are taken by invitation only.
    ByInvitation,
    /// A new PIN is on its way to the person.
    PinSent,
}

impl Closed {
    pub const ALL: [Self; 13] = [
        Self::Expired,
        Self::Used,
        Self::Revoked,
        Self::Unknown,
        Self::PinsSpent,
        Self::PinExpired,
        Self::Spent,
        Self::SlowDown,
        Self::NotReady,
        Self::Odd,
        Self::Limit,
        Self::ByInvitation,
        Self::PinSent,
    ];

    /// Why nobody gets on here. What is no rule of an invitation is a fault of ours for the person.
    pub fn of(error: &AppError) -> Self {
        match (error.code(), error.kind()) {
            ("invitation_used" | "attempt_done", _) => Self::Used,
            ("invitation_revoked", _) => Self::Revoked,
            ("invitation_expired" | "profile_expired", _) => Self::Expired,
            ("pin_locked", _) => Self::PinsSpent,
            ("pin_expired", _) => Self::PinExpired,
            ("too_many_attempts", _) => Self::Spent,
            ("device_limit", _) => Self::Limit,
            ("own_devices_off", _) => Self::ByInvitation,
            ("consent_missing", _) => Self::Odd,
            (_, ErrorKind::Rule(Kind::NotFound)) => Self::Unknown,
            (_, ErrorKind::Rule(Kind::TooMany { .. })) => Self::SlowDown,
            (_, ErrorKind::Rule(Kind::Conflict | Kind::Unavailable | Kind::Internal)) => {
                Self::NotReady
            }
            _ => Self::Odd,
        }
    }

    /// Never a 2xx: whatever takes the answer for a profile must see that it is none.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Expired | Self::Used | Self::Revoked | Self::Spent => StatusCode::GONE,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::PinsSpent | Self::PinExpired | Self::Limit | Self::ByInvitation => {
                StatusCode::FORBIDDEN
            }
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::Odd => StatusCode::BAD_REQUEST,
            // Not a profile either; the PIN is still missing.
            Self::PinSent => StatusCode::FORBIDDEN,
        }
    }
}

impl ClosedPage {
    pub(crate) fn new(f: PortalFrame, closed: Closed) -> Self {
        Self {
            f,
            closed,
            new_pin: None,
        }
    }

    pub(crate) fn title(&self) -> String {
        let l = self.f.texts;
        match self.closed {
            Closed::Expired => l.t("closed-expired"),
            Closed::Used => l.t("closed-used"),
            Closed::Revoked => l.t("closed-revoked"),
            Closed::Unknown => l.t("closed-unknown"),
            Closed::PinsSpent => l.t("closed-pins"),
            Closed::PinExpired => l.t("closed-pin-old"),
            Closed::Spent => l.t("closed-spent"),
            Closed::SlowDown => l.t("closed-slow"),
            Closed::NotReady => l.t("closed-not-ready"),
            Closed::Odd => l.t("closed-odd"),
            Closed::Limit => l.t("closed-limit"),
            Closed::ByInvitation => l.t("closed-by-invitation"),
            Closed::PinSent => l.t("closed-pin-sent"),
        }
    }

    pub(crate) fn text(&self) -> String {
        let l = self.f.texts;
        match self.closed {
            Closed::Expired => l.t("closed-expired-text"),
            Closed::Used => l.t("closed-used-text"),
            Closed::Revoked => l.t("closed-revoked-text"),
            Closed::Unknown => l.t("closed-unknown-text"),
            Closed::PinsSpent => l.t("closed-pins-text"),
            Closed::PinExpired => l.t("closed-pin-old-text"),
            Closed::Spent => l.t("closed-spent-text"),
            Closed::SlowDown => l.t("closed-slow-text"),
            Closed::NotReady => l.t("closed-not-ready-text"),
            Closed::Odd => l.t("closed-odd-text"),
            Closed::Limit => l.t("closed-limit-text"),
            Closed::ByInvitation => l.t("closed-by-invitation-text"),
            Closed::PinSent => l.t("closed-pin-sent-text"),
        }
    }
}
