//! Why a sign-in at a provider ends without a session.

use serde_json::json;

use crate::error::{Error, Kind};

/// Something in a provider's answer that cannot be trusted; the word goes into the event and the log.
pub(super) type Reason = &'static str;

/// How a sign-in was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The ceremony is over, was used already, or belongs to another browser.
    Over,
    /// The provider itself, or the person there, said no.
    Declined,
    /// The provider's answer breaks a rule.
    Answer(Reason),
    /// The provider cannot be asked.
    Away(Reason),
    /// No group of the person is mapped.
    NotMapped,
    /// The account is in another part of the organisation than the provider.
    Elsewhere,
    AccountDisabled,
    NoEmail,
    /// The mail address belongs to an account, and the provider may not take that over.
    EmailTaken,
    /// At a step-up, the person did not sign in anew.
    NotFresh,
    /// At a step-up, the provider stands for one factor, and the account shows two elsewhere.
    SecondFactor,
    /// At a step-up, somebody else signed in.
    OtherPerson,
}

impl Fault {
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Over => "over",
            Self::Declined => "declined",
            Self::Answer(reason) | Self::Away(reason) => reason,
            Self::NotMapped => "not_mapped",
            Self::Elsewhere => "elsewhere",
            Self::AccountDisabled => "account_disabled",
            Self::NoEmail => "no_email",
            Self::EmailTaken => "email_taken",
            Self::NotFresh => "not_fresh",
            Self::SecondFactor => "second_factor",
            Self::OtherPerson => "other_person",
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let (kind, code, detail) = match &fault {
            Fault::Over => (
                Kind::NotSignedIn,
                "sso_over",
                "This sign-in is over. Begin again.",
            ),
            Fault::Declined => (
                Kind::Forbidden,
                "sso_declined",
                "The identity provider did not let you in.",
            ),
            Fault::Answer(_) => (
                Kind::Forbidden,
                "sso_answer",
                "The identity provider's answer cannot be trusted.",
            ),
            Fault::Away(_) => (
                Kind::Unavailable,
                "sso_away",
                "The identity provider does not answer at the moment.",
            ),
            Fault::NotMapped => (
                Kind::Forbidden,
                "sso_not_mapped",
                "None of your groups may sign in here.",
            ),
            Fault::Elsewhere => (
                Kind::Forbidden,
                "sso_elsewhere",
                "Your account belongs to another part of the organisation than this identity provider.",
            ),
            Fault::AccountDisabled => (
                Kind::Forbidden,
                "sso_account_disabled",
                "Your account is disabled.",
            ),
            Fault::NoEmail => (
                Kind::Forbidden,
                "sso_no_email",
                "The identity provider names no mail address that it has verified.",
            ),
            Fault::EmailTaken => (
                Kind::Forbidden,
                "sso_email_taken",
                "An account with your mail address exists already, and may not be taken over.",
            ),
            Fault::NotFresh => (
                Kind::Forbidden,
                "sso_not_fresh",
                "The identity provider did not ask you to sign in again.",
            ),
            Fault::SecondFactor => (
                Kind::Forbidden,
                "sso_second_factor",
                "Your account has a second factor. Show that instead.",
            ),
            Fault::OtherPerson => (
                Kind::Forbidden,
                "sso_other_person",
                "Somebody else signed in at the identity provider.",
            ),
        };
        Error::new(kind, code, detail).with_data(json!({ "reason": fault.reason() }))
    }
}
