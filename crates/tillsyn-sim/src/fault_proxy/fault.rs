use crate::{DeviceKind, Rule};

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident => $rule:ident,)+) => {
        /// One way in which a server can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$doc])* $variant,)+
        }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The rule whose breach the simulator must report.
            pub fn rule(self) -> Rule {
                match self { $(Self::$variant => Rule::$rule,)+ }
            }
        }
    };
}

faults! {
    // Invitation and download.
    AttemptWith200 => AttemptReply,
    AttemptWithoutExpiry => AttemptReply,
    ShortProfileUrl => ProfileUrlSecret,
    RefusedDownloadAsProfile => RefusedDownload,
    ProfileAsText => ProfileContentType,
    ProfileCacheable => ProfileCacheControl,
    ProfileInline => ProfileDisposition,
    ProfileUnsigned => ProfileSignature,
    ProfileTampered => ProfileSignature,
    ProfileOfStranger => ProfileSigner,
    // Enrollment profile.
    ProfileCutOff => ProfileFormat,
    SharedPayloadUuid => PayloadUuids,
    ForeignPayload => ForeignPayload,
    NoMdmPayload => MdmPayload,
    TwoMdmPayloads => MdmPayload,
    RootWithoutCertificate => RootPayload,
    NoIdentity => IdentityCertificateUuid,
    DanglingIdentity => IdentityCertificateUuid,
    TopicOfAnApp => Topic,
    PlainHttpServerUrl => ServerUrl,
    PlainHttpCheckInUrl => CheckInUrl,
    SignMessageOff => SignMessage,
    AccessRightsZero => AccessRights,
    AccessRightsMissing => AccessRights,
    RightToChangeWithoutRightToSee => AccessRights,
    NoCheckOutWhenRemoved => CheckOutWhenRemoved,
    PlainHttpScepUrl => ScepUrl,
    SmallKey => ScepKey,
    ExtractableKey => ScepKey,
    ShortChallenge => ScepChallenge,
    PoorChallenge => ScepChallenge,
    ReusedChallenge => ScepChallengeReused,
    AccessRightsInByod => AccessRights,
    // ACME payload.
    PlainHttpDirectory => AcmeUrl,
    ShortIdentifier => AcmeIdentifier,
    ReusedIdentifier => AcmeIdentifierReused,
    AttestWithoutHardware => AcmeKey,
    ExtractableAcmeKey => AcmeKey,
    // Update of the enrollment profile.
    UpdateChangesTopic => TopicChanged,
    UpdateChangesServerUrl => ServerUrlChanged,
    UpdateChangesCheckInUrl => CheckInUrlChanged,
    UpdateChangesCapabilities => CapabilitiesChanged,
    // SCEP.
    CaCertFails => ScepStatus,
    CaCertAsText => ScepContentType,
    CaCertGarbled => ScepCaCertificates,
    CapsWithoutDigest => ScepCapabilities,
    CapsWithoutRenewal => ScepCapabilities,
    RefusalWith500 => ScepStatus,
    CertRepAsText => ScepContentType,
    CertRepTampered => ScepAnswer,
    CertRepOfOtherTransaction => ScepTransaction,
    CertRepWithOtherNonce => ScepRecipientNonce,
    CertificateForOtherKey => IssuedKey,
    CertificateForTenYears => IssuedValidity,
    CertificateOfStranger => IssuedIssuer,
    // ACME.
    DirectoryWithoutOrders => AcmeDirectory,
    DirectoryOverPlainHttp => AcmeDirectory,
    AnswerWithoutNonce => AcmeNonce,
    NonceTwice => AcmeNonce,
    NonceInCaches => AcmeNonce,
    AccountWithoutLocation => AcmeAnswer,
    OrderAsText => AcmeAnswer,
    OrderOfOtherIdentifier => AcmeAnswer,
    OtherChallenge => AcmeChallenge,
    TwoChallenges => AcmeChallenge,
    ShortToken => AcmeChallenge,
    AcmeRefusalAsPage => AcmeProblem,
    ChainAsText => AcmeCertificate,
    ChainOfOtherKey => IssuedKey,
    UsedNonceServed => AcmeNonce,
    OtherUrlServed => AcmeUrl,
    // Transport.
    RedirectCircle => RedirectLoop,
    RedirectToPlainHttp => RedirectInsecure,
    // Check-in.
    AuthenticateWith401 => Unauthorized,
    AuthenticateWithBody => CheckInBody,
    TokenUpdateWith400 => CheckInStatus,
    TokenUpdateWith204 => CheckInStatus,
    CommandBeforeTokenUpdate => CommandWhilePending,
    CommandAfterCheckOut => CommandAfterCheckOut,
    // Tokens and users.
    BootstrapTokenOfAnother => BootstrapToken,
    BootstrapTokenLost => BootstrapToken,
    NoBootstrapTokenWith404 => BootstrapToken,
    BootstrapTokenWith401 => Unauthorized,
    GetTokenWith401 => Unauthorized,
    GetTokenWithoutToken => GetToken,
    ReturnToServiceWith400 => ReturnToService,
    ReturnToServiceWithoutWord => ReturnToService,
    UserWithoutChallenge => UserAuthenticate,
    UserChannelTold401 => Unauthorized,
    // Declarative management.
    TokensAsPlist => DeclarativeFormat,
    TokensAsText => DeclarativeFormat,
    TimestampInLocalTime => DeclarativeFormat,
    ItemsWithoutAssets => DeclarationItems,
    ItemsOfOtherToken => DeclarationToken,
    DeclarationOfOtherToken => DeclarationToken,
    OtherDeclaration => Declaration,
    DeclarationOfOtherKind => Declaration,
    StatusWithBody => CheckInBody,
    GoodStatusWith400 => DeclarativeStatus,
    BadStatusTaken => DeclarativeStatus,
    UnknownDeclarationWith200 => DeclarativeStatus,
    // Commands.
    DeviceCommandToUser => ForeignChannel,
    CommandOfOtherPlatform => CommandUnsupported,
    UpdateCommandTo27 => CommandUnsupported,
    PollWith401 => Unauthorized,
    PollWith404 => PollStatus,
    EndWith204 => PollStatus,
    EndWithEmptyPlist => EmptyBody,
    CommandAsHtml => CommandContentType,
    CommandCutOff => CommandFormat,
    CommandWithoutRequestType => CommandFormat,
    CommandWithoutUuid => CommandUuid,
    RedeliveryWithNewUuid => RedeliveryUuid,
    SecondCommandInFlight => TwoInFlight,
    DeferredCommandAgain => NotNowLoop,
    FinishedCommandAgain => FinishedAgain,
    ResultWith409 => ResultRefused,
    RepeatedResultWith400 => ResultRefused,
    ResultWith401 => Unauthorized,
    NeverEndingSession => EndlessSession,
    // Wrong credentials.
    PinNotCompared => PinSkipped,
    IdsNotCompared => PinSkipped,
    SignatureNotDemanded => SignatureSkipped,
    SignatureNotVerified => SignatureSkipped,
    StrangerWith401 => Unauthorized,
    StrangerToldToUnenroll => UnrecognizedDevice,
}

impl Fault {
    /// The kind of device that it shows on, if not on each.
    pub fn kind(self) -> Option<DeviceKind> {
        match self {
            Self::UserWithoutChallenge | Self::UserChannelTold401 | Self::DeviceCommandToUser => {
                Some(DeviceKind::Mac)
            }
            Self::UpdateCommandTo27 => Some(DeviceKind::Iphone),
            _ => None,
        }
    }

    /// Whether it needs a server that gives identities by ACME.
    pub fn is_about_acme(self) -> bool {
        matches!(
            self,
            Self::PlainHttpDirectory
                | Self::ShortIdentifier
                | Self::ReusedIdentifier
                | Self::AttestWithoutHardware
                | Self::ExtractableAcmeKey
                | Self::DirectoryWithoutOrders
                | Self::DirectoryOverPlainHttp
                | Self::AnswerWithoutNonce
                | Self::NonceTwice
                | Self::NonceInCaches
                | Self::AccountWithoutLocation
                | Self::OrderAsText
                | Self::OrderOfOtherIdentifier
                | Self::OtherChallenge
                | Self::TwoChallenges
                | Self::ShortToken
                | Self::AcmeRefusalAsPage
                | Self::ChainAsText
                | Self::ChainOfOtherKey
                | Self::UsedNonceServed
                | Self::OtherUrlServed
        )
    }

    /// Whether the profile must announce what the fault is about.
    pub(super) fn needs_users(self) -> bool {
        self.kind() == Some(DeviceKind::Mac)
    }
}
