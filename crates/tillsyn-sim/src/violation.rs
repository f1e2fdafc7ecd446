use std::fmt;

use serde::Serialize;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)+) => {
        /// A rule of the protocol that the server has to keep.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub enum Rule {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl Rule {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

rules! {
    // Invitation and download.
    /// 201 with `attempt_id`, `profile_url` and `expires_at`.
    AttemptReply = "attempt_reply",
    /// `profile_url` carries a secret of at least 128 bits.
    ProfileUrlSecret = "profile_url_secret",
    /// A refused download is a page, never a profile.
    RefusedDownload = "refused_download",
    ProfileContentType = "profile_content_type",
    ProfileCacheControl = "profile_cache_control",
    ProfileDisposition = "profile_disposition",
    /// Signed, by one signer, over this very content.
    ProfileSignature = "profile_signature",
    /// The signer's chain ends at a root that the device knows or the profile brings.
    ProfileSigner = "profile_signer",
    // The enrollment profile.
    ProfileFormat = "profile_format",
    ProfileIdentifier = "profile_identifier",
    PayloadUuids = "payload_uuids",
    PayloadScope = "payload_scope",
    /// Only CA certificates, the identity and the MDM payload belong into it.
    ForeignPayload = "foreign_payload",
    /// Exactly one.
    MdmPayload = "mdm_payload",
    RootPayload = "root_payload",
    IdentityCertificateUuid = "identity_certificate_uuid",
    Topic = "topic",
    ServerUrl = "server_url",
    CheckInUrl = "check_in_url",
    SignMessage = "sign_message",
    AccessRights = "access_rights",
    CheckOutWhenRemoved = "check_out_when_removed",
    ScepUrl = "scep_url",
    ScepKey = "scep_key",
    ScepChallenge = "scep_challenge",
    /// One challenge per download.
    ScepChallengeReused = "scep_challenge_reused",
    // An update of the enrollment profile.
    TopicChanged = "topic_changed",
    ServerUrlChanged = "server_url_changed",
    CheckInUrlChanged = "check_in_url_changed",
    AccessRightsWidened = "access_rights_widened",
    CapabilitiesChanged = "capabilities_changed",
    // SCEP.
    ScepStatus = "scep_status",
    ScepContentType = "scep_content_type",
    ScepCaCertificates = "scep_ca_certificates",
    ScepCapabilities = "scep_capabilities",
    /// Not readable, not signed by the CA, not decryptable.
    ScepAnswer = "scep_answer",
    ScepTransaction = "scep_transaction",
    ScepRecipientNonce = "scep_recipient_nonce",
    IssuedKey = "issued_key",
    IssuedValidity = "issued_validity",
    IssuedIssuer = "issued_issuer",
    IssuedSerial = "issued_serial",
    // ACME.
    AcmeUrl = "acme_url",
    AcmeIdentifier = "acme_identifier",
    /// One ClientIdentifier per download.
    AcmeIdentifierReused = "acme_identifier_reused",
    AcmeKey = "acme_key",
    /// The payload is not for this hardware or system.
    AcmeUnsupported = "acme_unsupported",
    AcmeDirectory = "acme_directory",
    /// A fresh one with every answer; a used one is refused.
    AcmeNonce = "acme_nonce",
    /// Status, Location and JSON of each step.
    AcmeAnswer = "acme_answer",
    /// A refusal is a problem document.
    AcmeProblem = "acme_problem",
    /// Exactly one `device-attest-01` with 128 random bits.
    AcmeChallenge = "acme_challenge",
    AcmeCertificate = "acme_certificate",
    // Transport.
    /// 401 makes a device remove its enrollment.
    Unauthorized = "unauthorized",
    RedirectLoop = "redirect_loop",
    RedirectInsecure = "redirect_insecure",
    // Check-in.
    /// A well-formed message of an enrolled device is answered with 200.
    CheckInStatus = "check_in_status",
    CheckInBody = "check_in_body",
    /// A pending enrollment gets no commands.
    CommandWhilePending = "command_while_pending",
    /// A pending enrollment gets no push.
    PushWhilePending = "push_while_pending",
    CommandAfterCheckOut = "command_after_check_out",
    /// GetBootstrapToken is answered with the device's own token, or with none: never an error.
    BootstrapToken = "bootstrap_token",
    /// A token, or a refusal that says why.
    GetToken = "get_token",
    /// A challenge, a token, or 410.
    UserAuthenticate = "user_authenticate",
    /// A policy; without one `Enabled` is false.
    ReturnToService = "return_to_service",
    /// Media type and form of an answer to declarative management.
    DeclarativeFormat = "declarative_format",
    /// All four arrays, always.
    DeclarationItems = "declaration_items",
    /// Tokens, items and declarations speak of the same set.
    DeclarationToken = "declaration_token",
    /// What is fetched is what was asked for.
    Declaration = "declaration",
    /// Unknown declarations are 404, malformed reports 400, good ones 200 without a body.
    DeclarativeStatus = "declarative_status",
    // Commands.
    PollStatus = "poll_status",
    /// The session ends with zero bytes; an empty plist is not an empty body.
    EmptyBody = "empty_body",
    CommandContentType = "command_content_type",
    CommandFormat = "command_format",
    CommandUuid = "command_uuid",
    /// What is delivered again keeps its UUID.
    RedeliveryUuid = "redelivery_uuid",
    /// One command in flight per channel.
    TwoInFlight = "two_in_flight",
    /// A deferred command is not offered again in the same session.
    NotNowLoop = "not_now_loop",
    /// What was answered and stored is over.
    FinishedAgain = "finished_again",
    /// A result, also a repeated one, is answered with 2xx.
    ResultRefused = "result_refused",
    EndlessSession = "endless_session",
    /// What Apple's schema does not allow this device must not be sent to it.
    CommandUnsupported = "command_unsupported",
    /// Each channel has its own queue.
    ForeignChannel = "foreign_channel",
    // Probes with wrong credentials.
    /// Another certificate than the pinned one must get a plain 403.
    PinSkipped = "pin_skipped",
    /// A missing or wrong signature must get a plain 403.
    SignatureSkipped = "signature_skipped",
    /// `com.apple.unrecognized.device` is for retired enrollments alone.
    UnrecognizedDevice = "unrecognized_device",
    // Push.
    PushMagic = "push_magic",
    PushTopic = "push_topic",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One breach of a rule by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{rule}: {detail}")]
pub struct Violation {
    pub rule: Rule,
    /// For people; holds no secret.
    pub detail: String,
}

impl Violation {
    pub fn new(rule: Rule, detail: impl Into<String>) -> Self {
        Self {
            rule,
            detail: detail.into(),
        }
    }
}
