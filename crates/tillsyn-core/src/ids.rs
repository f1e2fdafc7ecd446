//! Ids as types of their own. All are UUIDv7 text, so that they sort by the time they were made.

use std::fmt;

use tillsyn_db::Value;
use uuid::{ContextV7, Timestamp, Uuid};

/// A new UUIDv7 for the given time.
pub(crate) fn new_uuid(now_ms: i64) -> Uuid {
    static CONTEXT: std::sync::Mutex<ContextV7> = std::sync::Mutex::new(ContextV7::new());
    let now = u64::try_from(now_ms).unwrap_or(0);
    let nanos = u32::try_from(now % 1_000 * 1_000_000).unwrap_or(0);
    let context = CONTEXT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Uuid::new_v7(Timestamp::from_unix(&*context, now / 1_000, nanos))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id for the given time in milliseconds UTC.
            pub fn new(now_ms: i64) -> Self {
                Self(new_uuid(now_ms).to_string())
            }

            /// Reads an id that came from outside; `None` unless it is a UUID.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(|id| Self(id.hyphenated().to_string()))
            }

            /// Takes an id that our own store gave.
            pub(crate) fn from_store(text: String) -> Self {
                Self(text)
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// What is kept as JSON was written by us; what comes with a request is read as text and parsed.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected an id"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Value::Text(id.0)
            }
        }
    };
}

id!(
    /// An organisational unit.
    OrgUnitId
);
id!(
    /// An administrator's account.
    AccountId
);
id!(
    /// Where people and groups come from: an LDAP server, a SCIM connector.
    DirectoryId
);
id!(
    /// An API token.
    TokenId
);
id!(
    /// A file of people, groups or units.
    ImportId
);
id!(
    /// Invitations that are sent together.
    InvitationBatchId
);
id!(
    /// A person who carries devices.
    PersonId
);
id!(
    /// The hardware.
    DeviceId
);
id!(
    /// One management relation of a device.
    EnrollmentId
);
id!(
    /// An invitation to enroll.
    InvitationId
);
id!(
    /// One attempt to enroll.
    AttemptId
);
id!(
    /// A command; it is also Apple's `CommandUUID`.
    CommandId
);
id!(
    /// The commands of one enqueue.
    BatchId
);
id!(
    /// A device certificate that our CA issued: its issuance record.
    CertificateId
);
id!(
    /// A push topic on record, with the certificate in use.
    PushTopicId
);
id!(
    /// A sealed secret.
    EscrowId
);
id!(
    /// One certificate of a push topic.
    PushCertificateId
);
id!(
    /// A request for a push certificate, made here.
    PushRequestId
);
id!(
    /// An authority of somebody else whose device certificates are accepted.
    DeviceAuthorityId
);
id!(
    /// A list of devices as somebody wants it again.
    ViewId
);
id!(
    /// Devices that somebody chose in a list.
    SelectionId
);
id!(
    /// A static group.
    GroupId
);
id!(
    /// A configuration profile.
    ProfileId
);
id!(
    /// One published version of a profile.
    ProfileVersionId
);
id!(
    /// What is assigned to whom.
    AssignmentId
);
id!(
    /// The exact effect of a change, before it is made.
    PlanId
);
id!(
    /// Something that waits for a second person.
    ApprovalId
);
id!(
    /// Many erases or retires that were agreed on beforehand.
    CampaignId
);
id!(
    /// Where events are sent to.
    WebhookId
);
id!(
    /// A report that comes by mail.
    ReportScheduleId
);
id!(
    /// A passkey of an account.
    PasskeyId
);
id!(
    /// An identity provider that people sign in with.
    IdentityProviderId
);
id!(
    /// A session, as its owner sees it; never its token.
    SessionId
);
