use crate::Rule;

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
    // Commands.
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
