//! The items of `Settings`: several settings in one command, each answered by itself.
// Apple schema mdm/commands/settings.yaml

use super::parameter::{Item, Parameter, ParameterKind as K};

type P = Parameter;

const fn item(name: &'static str, parameters: &'static [Parameter]) -> Item {
    Item { name, parameters }
}

const ENABLED: &[Parameter] = &[P::flag("enabled", "Enabled").required()];
/// Seconds after which a locked device asks for the passcode.
const GRACE: K = K::NumberChoice(&[0, 60, 300, 900, 3_600, 14_400]);

pub(super) const ITEMS: &[Item] = &[
    item(
        "Wallpaper",
        &[
            // No secret, but a picture has no place among the words of a request.
            P::data("image", "Image").required().secret(),
            P::of("where", "Where", K::NumberChoice(&[1, 2, 3])).required(),
        ],
    ),
    item("DataRoaming", ENABLED),
    item("VoiceRoaming", ENABLED),
    item("PersonalHotspot", ENABLED),
    item("Bluetooth", ENABLED),
    item(
        "ApplicationConfiguration",
        &[
            P::text("identifier", "Identifier").required(),
            // Whatever the application defines; applications are given passwords this way.
            P::of("configuration", "Configuration", K::Free).secret(),
        ],
    ),
    item(
        "ApplicationAttributes",
        &[
            P::text("identifier", "Identifier").required(),
            P::of(
                "attributes",
                "Attributes",
                K::Object(&[
                    P::text("vpn_uuid", "VPNUUID"),
                    P::text("content_filter_uuid", "ContentFilterUUID"),
                    P::text("dns_proxy_uuid", "DNSProxyUUID"),
                    P::text("relay_uuid", "RelayUUID"),
                    P::texts("associated_domains", "AssociatedDomains"),
                    P::flag(
                        "associated_domains_enable_direct_downloads",
                        "AssociatedDomainsEnableDirectDownloads",
                    ),
                    P::flag("removable", "Removable"),
                    P::flag("tap_to_pay_screen_lock", "TapToPayScreenLock"),
                    P::text("cellular_slice_uuid", "CellularSliceUUID"),
                    P::flag("hideable", "Hideable"),
                    P::flag("lockable", "Lockable"),
                ]),
            ),
        ],
    ),
    item(
        "DeviceName",
        &[P::text("device_name", "DeviceName").required()],
    ),
    item("HostName", &[P::text("host_name", "HostName").required()]),
    item(
        "OrganizationInfo",
        &[P::of(
            "organization_info",
            "OrganizationInfo",
            K::Object(&[
                P::text("name", "OrganizationName").required(),
                P::text("short_name", "OrganizationShortName"),
                P::text("address", "OrganizationAddress"),
                P::text("phone", "OrganizationPhone"),
                P::text("email", "OrganizationEmail"),
                P::text("magic", "OrganizationMagic"),
            ]),
        )],
    ),
    item(
        "DefaultApplications",
        &[P::text("web_browser", "WebBrowser")],
    ),
    item(
        "MDMOptions",
        &[P::of(
            "mdm_options",
            "MDMOptions",
            K::Object(&[
                P::flag(
                    "activation_lock_allowed_while_supervised",
                    "ActivationLockAllowedWhileSupervised",
                ),
                P::flag("bootstrap_token_allowed", "BootstrapTokenAllowed"),
                P::flag(
                    "prompt_user_to_allow_bootstrap_token_for_authentication",
                    "PromptUserToAllowBootstrapTokenForAuthentication",
                ),
            ]),
        )
        .required()],
    ),
    item(
        "MaximumResidentUsers",
        &[P::integer("maximum_resident_users", "MaximumResidentUsers", 1, 99).required()],
    ),
    item(
        "SharedDeviceConfiguration",
        &[
            P::integer("quota_size", "QuotaSize", 1, 10_000_000),
            P::integer("resident_users", "ResidentUsers", 1, 99),
            P::integer("user_session_timeout", "UserSessionTimeout", 0, 86_400),
            P::integer(
                "temporary_session_timeout",
                "TemporarySessionTimeout",
                0,
                86_400,
            ),
            P::flag("temporary_session_only", "TemporarySessionOnly"),
            P::texts(
                "managed_apple_id_default_domains",
                "ManagedAppleIDDefaultDomains",
            ),
            P::integer(
                "online_authentication_grace_period",
                "OnlineAuthenticationGracePeriod",
                0,
                3_650,
            ),
            P::flag(
                "skip_language_and_locale_setup_for_new_users",
                "SkipLanguageAndLocaleSetupForNewUsers",
            ),
            P::of(
                "await_user_configuration",
                "AwaitUserConfiguration",
                K::Object(ENABLED),
            ),
            P::of(
                "passcode_policy",
                "PasscodePolicy",
                K::Object(&[
                    P::of(
                        "passcode_lock_grace_period",
                        "PasscodeLockGracePeriod",
                        GRACE,
                    ),
                    P::integer("auto_lock_time", "AutoLockTime", 0, 86_400),
                ]),
            ),
        ],
    ),
    item("DiagnosticSubmission", ENABLED),
    item("AppAnalytics", ENABLED),
    item(
        "PasscodeLockGracePeriod",
        &[P::of(
            "passcode_lock_grace_period",
            "PasscodeLockGracePeriod",
            GRACE,
        )
        .required()],
    ),
    item("TimeZone", &[P::text("time_zone", "TimeZone").required()]),
    item(
        "SoftwareUpdateSettings",
        &[P::of(
            "recommendation_cadence",
            "RecommendationCadence",
            K::NumberChoice(&[0, 1, 2]),
        )
        .required()],
    ),
    item(
        "AccessibilitySettings",
        &[
            P::flag("bold_text_enabled", "BoldTextEnabled"),
            P::flag("increase_contrast_enabled", "IncreaseContrastEnabled"),
            P::flag("reduce_motion_enabled", "ReduceMotionEnabled"),
            P::flag("reduce_transparency_enabled", "ReduceTransparencyEnabled"),
            P::integer("text_size", "TextSize", 0, 11),
            P::flag("touch_accommodations_enabled", "TouchAccommodationsEnabled"),
            P::flag("voice_over_enabled", "VoiceOverEnabled"),
            P::flag("zoom_enabled", "ZoomEnabled"),
            P::flag("grayscale_enabled", "GrayscaleEnabled"),
        ],
    ),
];
