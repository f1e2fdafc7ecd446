//! The pages.

use askama::Template;

use crate::console::device::Hop;
use crate::console::frame::{Emptiness, Filter, Frame, Pager};
use crate::i18n::When;
use crate::ui::{Choice, Link, Qr, Status};

/// `GET /console/enrollment/invitations`.
#[derive(Template)]
#[template(path = "console/invitations.html")]
pub struct InvitationsPage {
    pub f: Frame,
    pub statuses: Filter,
    pub rows: Vec<InvitationRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub push_missing: bool,
}

pub struct InvitationRow {
    pub href: String,
    pub label: String,
    /// The person, when the label does not say it.
    pub person: String,
    pub personal: bool,
    pub pin: bool,
    /// `1 of 1`.
    pub uses: String,
    pub status: Status,
    pub created: When,
    /// Absolute, with weekday.
    pub expires: String,
}

/// `GET` and `POST /console/enrollment/new`.
#[derive(Template)]
#[template(path = "console/invitation_new.html")]
pub struct NewInvitationPage {
    pub f: Frame,
    pub person: String,
    pub person_error: String,
    pub email: String,
    pub email_error: String,
    pub label: String,
    pub label_error: String,
    pub ownership: Vec<Choice>,
    pub languages: Vec<Choice>,
    pub pin: bool,
    pub replace: bool,
    pub days: String,
    pub days_error: String,
    pub uses: String,
    pub uses_error: String,
    /// Where its devices come to.
    pub units: Vec<Choice>,
    pub push_missing: bool,
}

impl NewInvitationPage {
    /// Field, its label and what is wrong with it.
    pub(crate) fn errors(&self) -> Vec<(&'static str, String, &str)> {
        let l = self.f.texts;
        [
            ("person", l.t("invitation-person"), &self.person_error),
            ("email", l.t("invitation-email"), &self.email_error),
            ("label", l.t("invitation-label"), &self.label_error),
            ("days", l.t("invitation-days"), &self.days_error),
            ("uses", l.t("invitation-uses"), &self.uses_error),
        ]
        .into_iter()
        .filter(|(_, _, error)| !error.is_empty())
        .map(|(field, label, error)| (field, label, error.as_str()))
        .collect()
    }
}

/// `GET /console/enrollment/invitations/{id}`; right after creation with the secrets, once.
#[derive(Template)]
#[template(path = "console/invitation.html")]
pub struct InvitationPage {
    pub f: Frame,
    pub label: String,
    /// The person, when the label does not say it.
    pub person: String,
    pub email: String,
    pub status: Status,
    pub personal: bool,
    pub uses: String,
    pub pin: bool,
    /// Too many wrong PINs were typed.
    pub pin_locked: bool,
    /// May end the enrollment of a device of somebody else.
    pub replace: bool,
    pub created: When,
    pub created_by: String,
    pub expires: String,
    pub secret: Option<InvitationSecret>,
    pub attempts: Vec<AttemptRow>,
    /// Address to revoke it; empty when it is over.
    pub revoke: String,
    /// Address to send it anew; empty when it was used or withdrawn.
    pub resend: String,
    /// Address to say that its mail came back; empty when none was sent or it is over.
    pub bounced: String,
    /// Address for a new PIN; empty when it asks for none or is over.
    pub renew_pin: String,
}

/// Shown once: afterwards only hashes are kept.
pub struct InvitationSecret {
    /// Empty when only the PIN is new.
    pub link: String,
    /// Typed at `/go` in the place of the link.
    pub typed: String,
    pub qr: Option<Qr>,
    pub pin: String,
    /// Until when the PIN holds.
    pub pin_until: String,
}

/// `GET /console/enrollment/attempts`.
#[derive(Template)]
#[template(path = "console/attempts.html")]
pub struct AttemptsPage {
    pub f: Frame,
    /// The reader may take in devices from after a backup.
    pub may_readopt: bool,
    pub statuses: Filter,
    pub rows: Vec<AttemptRow>,
    pub pager: Pager,
    pub empty: Emptiness,
}

pub struct AttemptRow {
    pub href: String,
    pub label: String,
    pub platform: String,
    pub status: Status,
    /// The cause, when it failed.
    pub cause: String,
    pub device: Option<Link>,
    pub started: When,
    pub changed: When,
}

/// `GET /console/enrollment/attempts/{id}`: the flight recorder.
#[derive(Template)]
#[template(path = "console/attempt.html")]
pub struct AttemptPage {
    pub f: Frame,
    pub id: String,
    pub label: String,
    pub platform: String,
    pub status: Status,
    pub invitation: Link,
    pub device: Option<Link>,
    pub started: When,
    /// Until when the fetched profile can be installed; empty when it does not matter any more.
    pub profile_until: String,
    pub steps: Vec<AttemptStep>,
    pub failure: Option<AttemptFailure>,
    pub consent: AttemptConsent,
}

/// Whether the person agreed, and to what.
pub enum AttemptConsent {
    /// A program began the attempt in their place.
    NotAsked,
    Waits,
    Given {
        at: When,
        language: String,
        address: String,
        /// What was shown, in the reader's language.
        shown: Vec<String>,
        /// Paragraphs of the terms; none where there were none.
        terms: Vec<String>,
        /// Names the version of the terms; empty where there were none.
        sha256: String,
    },
}

pub struct AttemptStep {
    pub hop: Hop,
    pub address: String,
}

/// Cause and remedy twice: for the administrator, and as the person sees it.
pub struct AttemptFailure {
    pub cause: String,
    pub remedy: String,
    /// Where it is explained.
    pub help: String,
    pub person_lang: &'static str,
    pub person_cause: String,
    pub person_remedy: String,
}
