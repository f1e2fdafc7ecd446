//! The table itself.

use super::parameter::{Parameter, ParameterKind as K};
use super::settings;
use crate::actor::Permission;
use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::commands::request::Act;

/// One type of command.
#[derive(Debug)]
pub struct CommandType {
    /// Apple's `RequestType`.
    pub name: &'static str,
    pub family: Family,
    pub parameters: &'static [Parameter],
    pub permission: Permission,
    /// What it is in the guard's table, whatever its parameters.
    pub act: Option<Act>,
    pub queueing: Queueing,
    /// Overtakes what waits: lock, erase and lost mode.
    pub urgent: bool,
    /// How long it may wait for its device.
    pub life_ms: i64,
}

/// Where people look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    Query,
    Control,
    LostMode,
    Settings,
    Users,
    Setup,
    Security,
    Profiles,
    Updates,
    Other,
}

/// What a new command does to an unfinished one of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queueing {
    /// Nothing: each is done.
    Each,
    /// The same question is asked once.
    Merge,
    /// The newer one takes the place of an older one of the same name.
    Replace(&'static str),
    /// The same, per value of this parameter.
    ReplacePer(&'static str, &'static str),
    /// The same, per item of `Settings`.
    ReplaceItems,
}

impl Family {
    pub const ALL: [Self; 10] = [
        Self::Query,
        Self::Control,
        Self::LostMode,
        Self::Settings,
        Self::Users,
        Self::Setup,
        Self::Security,
        Self::Profiles,
        Self::Updates,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Control => "control",
            Self::LostMode => "lost_mode",
            Self::Settings => "settings",
            Self::Users => "users",
            Self::Setup => "setup",
            Self::Security => "security",
            Self::Profiles => "profiles",
            Self::Updates => "updates",
            Self::Other => "other",
        }
    }
}

type P = Parameter;
type T = CommandType;
use Permission as Needs;

const WEEK_MS: i64 = 7 * DAY_MS;

impl CommandType {
    /// The type of this name.
    pub fn of(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|kind| kind.name == name)
    }

    pub fn all() -> &'static [Self] {
        ALL
    }

    const fn new(
        family: Family,
        permission: Permission,
        name: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        Self {
            name,
            family,
            parameters,
            permission,
            act: None,
            queueing: Queueing::Each,
            urgent: false,
            life_ms: WEEK_MS,
        }
    }

    const fn query(name: &'static str, parameters: &'static [Parameter]) -> Self {
        Self {
            queueing: Queueing::Merge,
            ..Self::new(Family::Query, Needs::DevicesQuery, name, parameters)
        }
    }

    const fn act(self, act: Act) -> Self {
        Self {
            act: Some(act),
            ..self
        }
    }

    const fn urgent(self) -> Self {
        Self {
            urgent: true,
            ..self
        }
    }

    const fn queueing(self, queueing: Queueing) -> Self {
        Self { queueing, ..self }
    }

    const fn lives(self, life_ms: i64) -> Self {
        Self { life_ms, ..self }
    }
}

const MANAGED_ONLY: &[Parameter] = &[P::flag("managed_only", "ManagedOnly")];
const MESSAGE: Parameter = P::text("message", "Message");
const PHONE: Parameter = P::text("phone_number", "PhoneNumber");
/// Ours is made up when none is given; either is escrowed before the command is queued.
const PIN: Parameter = P::text("pin", "PIN").secret();

// Apple schema mdm/commands/*.yaml; the enhanced logs: OS 27.
const ALL: &[CommandType] = &[
    T::query(
        "DeviceInformation",
        &[
            P::texts("queries", "Queries"),
            P::data("device_attestation_nonce", "DeviceAttestationNonce"),
        ],
    ),
    T::query("SecurityInfo", &[]),
    T::query("ProfileList", MANAGED_ONLY),
    T::query("CertificateList", MANAGED_ONLY),
    T::query(
        "InstalledApplicationList",
        &[
            P::texts("identifiers", "Identifiers"),
            P::flag("managed_apps_only", "ManagedAppsOnly"),
            P::texts("items", "Items"),
        ],
    ),
    T::query("ProvisioningProfileList", MANAGED_ONLY),
    T::query(
        "Restrictions",
        &[P::flag("profile_restrictions", "ProfileRestrictions")],
    ),
    T::query("UserList", &[]),
    T::query("ContentCachingInformation", &[]),
    T::query("AvailableOSUpdates", &[]),
    T::query("OSUpdateStatus", &[]),
    T::query("ActivationLockBypassCode", &[]),
    T::query("LOMSetupRequest", &[]),
    // Control.
    T::new(
        Family::Control,
        Needs::DevicesLock,
        "DeviceLock",
        &[MESSAGE, PHONE, PIN],
    )
    .act(Act::Lock)
    .urgent(),
    T::new(
        Family::Control,
        Needs::DevicesErase,
        "EraseDevice",
        &[
            P::flag("preserve_data_plan", "PreserveDataPlan"),
            P::flag("disallow_proximity_setup", "DisallowProximitySetup"),
            PIN,
            P::of(
                "obliteration_behavior",
                "ObliterationBehavior",
                K::Choice(&[
                    "Default",
                    "DoNotObliterate",
                    "ObliterateWithWarning",
                    "Always",
                ]),
            ),
            P::of(
                "return_to_service",
                "ReturnToService",
                K::Object(&[
                    P::flag("enabled", "Enabled").required(),
                    P::data("wifi_profile", "WiFiProfileData").secret(),
                    P::data("mdm_profile", "MDMProfileData").secret(),
                    P::data("bootstrap_token", "BootstrapToken").secret(),
                ]),
            ),
        ],
    )
    .act(Act::Erase)
    .urgent(),
    T::new(
        Family::Control,
        Needs::DevicesRestart,
        "RestartDevice",
        &[
            P::flag("notify_user", "NotifyUser"),
            P::flag("rebuild_kernel_cache", "RebuildKernelCache"),
            P::texts("kext_paths", "KextPaths"),
        ],
    )
    .queueing(Queueing::Replace("power"))
    .lives(DAY_MS),
    T::new(
        Family::Control,
        Needs::DevicesRestart,
        "ShutDownDevice",
        &[],
    )
    .queueing(Queueing::Replace("power"))
    .lives(DAY_MS),
    T::new(
        Family::Control,
        Needs::DevicesClearPasscode,
        "ClearPasscode",
        &[],
    )
    .act(Act::ClearPasscode),
    T::new(
        Family::Control,
        Needs::DevicesClearPasscode,
        "ClearRestrictionsPassword",
        &[],
    ),
    T::new(
        Family::Control,
        Needs::DevicesConfigure,
        "EnableRemoteDesktop",
        &[],
    )
    .queueing(Queueing::Replace("remote_desktop")),
    T::new(
        Family::Control,
        Needs::DevicesConfigure,
        "DisableRemoteDesktop",
        &[],
    )
    .queueing(Queueing::Replace("remote_desktop")),
    T::new(
        Family::Control,
        Needs::DevicesConfigure,
        "RequestMirroring",
        &[
            P::text("destination_name", "DestinationName"),
            P::text("destination_device_id", "DestinationDeviceID"),
            P::integer("scan_time", "ScanTime", 10, 300),
            P::text("password", "Password").secret(),
        ],
    )
    .queueing(Queueing::Replace("mirroring"))
    .lives(HOUR_MS),
    T::new(
        Family::Control,
        Needs::DevicesConfigure,
        "StopMirroring",
        &[],
    )
    .queueing(Queueing::Replace("mirroring"))
    .lives(HOUR_MS),
    T::new(
        Family::Control,
        Needs::DevicesConfigure,
        "RefreshCellularPlans",
        &[P::text("esim_server_url", "eSIMServerURL").required()],
    )
    .queueing(Queueing::Replace("cellular_plans")),
    // Lost mode.
    T::new(
        Family::LostMode,
        Needs::DevicesLostMode,
        "EnableLostMode",
        &[MESSAGE, PHONE, P::text("footnote", "Footnote")],
    )
    .act(Act::LostMode)
    .queueing(Queueing::Replace("lost_mode"))
    .urgent(),
    T::new(
        Family::LostMode,
        Needs::DevicesLostMode,
        "DisableLostMode",
        &[],
    )
    .queueing(Queueing::Replace("lost_mode"))
    .urgent(),
    T::new(
        Family::LostMode,
        Needs::DevicesLostMode,
        "DeviceLocation",
        &[],
    )
    .queueing(Queueing::Merge)
    .urgent()
    .lives(DAY_MS),
    T::new(
        Family::LostMode,
        Needs::DevicesLostMode,
        "PlayLostModeSound",
        &[],
    )
    .queueing(Queueing::Merge)
    .urgent()
    .lives(10 * MINUTE_MS),
    // Settings.
    T::new(
        Family::Settings,
        Needs::DevicesConfigure,
        "Settings",
        &[P::of("settings", "Settings", K::Items(settings::ITEMS)).required()],
    )
    .queueing(Queueing::ReplaceItems),
    // Users.
    T::new(
        Family::Users,
        Needs::DevicesUsers,
        "DeleteUser",
        &[
            P::text("user_name", "UserName"),
            P::flag("force_deletion", "ForceDeletion"),
            P::flag("delete_all_users", "DeleteAllUsers"),
        ],
    )
    .act(Act::DeleteUser),
    T::new(Family::Users, Needs::DevicesUsers, "LogOutUser", &[])
        .queueing(Queueing::Merge)
        .lives(DAY_MS),
    T::new(
        Family::Users,
        Needs::DevicesUsers,
        "UnlockUserAccount",
        &[P::text("user_name", "UserName").required()],
    )
    .queueing(Queueing::Merge),
    // Setup.
    T::new(
        Family::Setup,
        Needs::DevicesConfigure,
        "AccountConfiguration",
        &[
            P::flag(
                "skip_primary_setup_account_creation",
                "SkipPrimarySetupAccountCreation",
            ),
            P::flag(
                "set_primary_setup_account_as_regular_user",
                "SetPrimarySetupAccountAsRegularUser",
            ),
            P::text("primary_account_full_name", "PrimaryAccountFullName"),
            P::text("primary_account_user_name", "PrimaryAccountUserName"),
            P::flag(
                "dont_auto_populate_primary_account_info",
                "DontAutoPopulatePrimaryAccountInfo",
            ),
            P::flag("lock_primary_account_info", "LockPrimaryAccountInfo"),
            P::of(
                "auto_setup_admin_accounts",
                "AutoSetupAdminAccounts",
                K::Objects(&[
                    P::text("short_name", "shortName").required(),
                    P::text("full_name", "fullName"),
                    P::data("password_hash", "passwordHash").secret(),
                    P::flag("hidden", "hidden"),
                ]),
            ),
            P::text("managed_local_user_short_name", "ManagedLocalUserShortName"),
        ],
    )
    .queueing(Queueing::Replace("account_configuration")),
    T::new(
        Family::Setup,
        Needs::DevicesConfigure,
        "DeviceConfigured",
        &[],
    )
    .queueing(Queueing::Merge),
    T::new(
        Family::Setup,
        Needs::DevicesConfigure,
        "UserConfigured",
        &[],
    )
    .queueing(Queueing::Merge),
    T::new(
        Family::Setup,
        Needs::SecretsRotate,
        "SetAutoAdminPassword",
        &[
            P::text("guid", "GUID").required(),
            P::data("password_hash", "passwordHash").required().secret(),
        ],
    )
    .queueing(Queueing::ReplacePer("admin_password", "guid")),
    // Security of Macs. Without a current password the newest one of the escrow is sent.
    T::new(
        Family::Security,
        Needs::SecretsRotate,
        "RotateFileVaultKey",
        &[
            P::of(
                "key_type",
                "KeyType",
                K::Choice(&["personal", "institutional"]),
            )
            .required(),
            P::of(
                "file_vault_unlock",
                "FileVaultUnlock",
                K::Object(&[
                    P::text("password", "Password").secret(),
                    P::data("private_key_export", "PrivateKeyExport").secret(),
                    P::text("private_key_export_password", "PrivateKeyExportPassword").secret(),
                ]),
            ),
            P::data("new_certificate", "NewCertificate"),
        ],
    )
    .queueing(Queueing::Replace("filevault_key")),
    T::new(
        Family::Security,
        Needs::SecretsRotate,
        "SetRecoveryLock",
        &[
            P::text("current_password", "CurrentPassword").secret(),
            P::of("new_password", "NewPassword", K::Password)
                .required()
                .secret(),
        ],
    ),
    T::new(
        Family::Security,
        Needs::SecretsRotate,
        "VerifyRecoveryLock",
        &[P::text("password", "Password").secret()],
    ),
    T::new(
        Family::Security,
        Needs::SecretsRotate,
        "SetFirmwarePassword",
        &[
            P::text("current_password", "CurrentPassword").secret(),
            P::of("new_password", "NewPassword", K::Password)
                .required()
                .secret(),
            P::flag("allow_oroms", "AllowOroms"),
        ],
    ),
    T::new(
        Family::Security,
        Needs::SecretsRotate,
        "VerifyFirmwarePassword",
        &[P::text("password", "Password").secret()],
    ),
    T::new(
        Family::Security,
        Needs::SecretsRotate,
        "ClearActivationLockBypassCode",
        &[],
    ),
    T::new(
        Family::Security,
        Needs::DevicesRestart,
        "LOMDeviceRequest",
        &[P::of(
            "request_list",
            "RequestList",
            K::Objects(&[
                P::of(
                    "device_request_type",
                    "DeviceRequestType",
                    K::Choice(&["PowerON", "PowerOFF", "Reset"]),
                )
                .required(),
                P::text("device_request_uuid", "DeviceRequestUUID").required(),
                P::text("device_dns_name", "DeviceDNSName").required(),
                P::texts("primary_ipv6_address_list", "PrimaryIPv6AddressList").required(),
                P::texts("secondary_ipv6_address_list", "SecondaryIPv6AddressList").required(),
                P::integer("lom_protocol_version", "LOMProtocolVersion", 1, 100).required(),
            ]),
        )
        .required()],
    )
    .lives(HOUR_MS),
    // Profiles.
    T::new(
        Family::Profiles,
        Needs::ProfilesInstall,
        "InstallProfile",
        &[P::data("profile", "Payload").required().secret()],
    ),
    T::new(
        Family::Profiles,
        Needs::ProfilesInstall,
        "RemoveProfile",
        &[P::text("identifier", "Identifier").required()],
    )
    .act(Act::RemoveProfile),
    T::new(
        Family::Profiles,
        Needs::ProfilesInstall,
        "InstallProvisioningProfile",
        &[P::data("provisioning_profile", "ProvisioningProfile")
            .required()
            .secret()],
    ),
    T::new(
        Family::Profiles,
        Needs::ProfilesInstall,
        "RemoveProvisioningProfile",
        &[P::text("uuid", "UUID").required()],
    )
    .act(Act::RemoveProfile)
    .queueing(Queueing::Merge),
    // Updates, up to OS 26; later ones are declared.
    T::new(
        Family::Updates,
        Needs::DevicesConfigure,
        "ScheduleOSUpdate",
        &[P::of(
            "updates",
            "Updates",
            K::Objects(&[
                P::text("product_key", "ProductKey"),
                P::text("product_version", "ProductVersion"),
                P::of(
                    "install_action",
                    "InstallAction",
                    K::Choice(&[
                        "Default",
                        "DownloadOnly",
                        "InstallASAP",
                        "NotifyOnly",
                        "InstallLater",
                        "InstallForceRestart",
                    ]),
                )
                .required(),
                P::integer("max_user_deferrals", "MaxUserDeferrals", 0, 1_000),
                P::of("priority", "Priority", K::Choice(&["Low", "High"])),
            ]),
        )
        .required()],
    )
    .queueing(Queueing::Replace("os_update")),
    T::new(
        Family::Updates,
        Needs::DevicesConfigure,
        "ScheduleOSUpdateScan",
        &[P::flag("force", "Force")],
    )
    .queueing(Queueing::Replace("os_update_scan")),
    // The rest.
    T::new(
        Family::Other,
        Needs::DevicesConfigure,
        "DeclarativeManagement",
        // The tokens of its declarations; without them the device asks.
        &[P::data("data", "Data")],
    )
    .queueing(Queueing::Replace("declarative_management")),
    T::new(
        Family::Other,
        Needs::DevicesConfigure,
        "TriggerEnhancedLogCollection",
        &[P::text("apple_care_token", "AppleCareToken")
            .required()
            .secret()],
    )
    .queueing(Queueing::Replace("enhanced_logs")),
    T::new(
        Family::Other,
        Needs::DevicesConfigure,
        "CancelEnhancedLogCollection",
        &[],
    )
    .queueing(Queueing::Replace("enhanced_logs")),
];
