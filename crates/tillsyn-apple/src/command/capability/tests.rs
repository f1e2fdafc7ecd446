#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::command::settings::{
    AccessibilitySettings, AppAttributes, ApplicationAttributes, ApplicationConfiguration,
    DeviceName, MdmOptionsSetting, OrganizationInfoSetting, SoftwareUpdateSettings, Switch,
    Wallpaper,
};
use crate::command::{
    CertificateList, DeviceInformation, DeviceLock, EraseDevice, InstalledApplicationList,
    ObliterationBehavior, Pin, ProfileList, RemoveProfile, Request, RequestType, RestartDevice,
    ReturnToService, Settings, SettingsItem, schema,
};
use crate::ids::ChannelName;
use crate::platform::{AccessRights, DeviceFacts, EnrollmentType, OsVersion, Ownership, Platform};

fn on(platform: Platform) -> DeviceFacts {
    DeviceFacts::corporate(platform, EnrollmentType::Ade)
}

fn user_enrollment(platform: Platform) -> DeviceFacts {
    DeviceFacts {
        ownership: Ownership::Personal,
        access_rights: None,
        ..DeviceFacts::corporate(platform, EnrollmentType::AccountDrivenUser)
    }
}

fn user_channel(platform: Platform) -> DeviceFacts {
    DeviceFacts {
        channel: ChannelName::User("ada".into()),
        ..on(platform)
    }
}

fn code(request_type: RequestType, facts: &DeviceFacts) -> Option<RefusalCode> {
    check(request_type, facts).err().map(|refusal| refusal.code)
}

fn request_code(request: &Request, facts: &DeviceFacts) -> Option<RefusalCode> {
    check_request(request, facts).err().map(|r| r.code)
}

/// The sheet's table of commands: first version on iOS, macOS, tvOS, visionOS and watchOS.
#[test]
fn first_versions_as_in_the_sheet() {
    type First = Option<(u32, u32)>;
    const SHEET: [(&str, [First; 5]); 14] = [
        (
            "DeviceInformation",
            [
                Some((4, 0)),
                Some((10, 7)),
                Some((9, 0)),
                Some((1, 1)),
                Some((10, 0)),
            ],
        ),
        (
            "InstalledApplicationList",
            [
                Some((5, 0)),
                Some((10, 7)),
                Some((10, 2)),
                Some((1, 1)),
                Some((10, 0)),
            ],
        ),
        (
            "DeviceLock",
            [
                Some((4, 0)),
                Some((10, 7)),
                None,
                Some((2, 0)),
                Some((10, 0)),
            ],
        ),
        (
            "ClearPasscode",
            [Some((4, 0)), None, None, Some((1, 1)), Some((10, 0))],
        ),
        (
            "EraseDevice",
            [
                Some((4, 0)),
                Some((10, 7)),
                Some((10, 2)),
                Some((1, 1)),
                Some((10, 0)),
            ],
        ),
        (
            "RestartDevice",
            [Some((10, 3)), Some((10, 13)), Some((10, 2)), None, None],
        ),
        ("EnableLostMode", [Some((9, 3)), None, None, None, None]),
        ("PlayLostModeSound", [Some((10, 3)), None, None, None, None]),
        (
            "ActivationLockBypassCode",
            [Some((7, 1)), Some((10, 15)), None, Some((2, 0)), None],
        ),
        (
            "RotateFileVaultKey",
            [None, Some((10, 9)), None, None, None],
        ),
        ("SetRecoveryLock", [None, Some((11, 5)), None, None, None]),
        (
            "EnableRemoteDesktop",
            [None, Some((10, 14)), None, None, None],
        ),
        (
            "DeclarativeManagement",
            [
                Some((15, 0)),
                Some((13, 0)),
                Some((16, 0)),
                Some((1, 1)),
                Some((10, 0)),
            ],
        ),
        (
            "RefreshCellularPlans",
            [Some((13, 0)), None, None, None, None],
        ),
    ];
    let platforms = [
        Platform::Ios,
        Platform::Macos,
        Platform::Tvos,
        Platform::Visionos,
        Platform::Watchos,
    ];
    for (name, versions) in SHEET {
        for (platform, first) in platforms.into_iter().zip(versions) {
            let system = crate::command::schema::System::from(platform);
            let row = schema::command(name)
                .iter()
                .find(|row| row.system == system);
            let found = row.map(|row| (row.introduced.major, row.introduced.minor));
            assert_eq!(found, first, "{name} on {platform}");
        }
    }
}

fn at(platform: Platform, major: u32) -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(major, 0)),
        ..on(platform)
    }
}

/// Core sheet, test list 14.
#[test]
fn os_27_device_never_gets_schedule_os_update() {
    let removed = [
        RequestType::AvailableOSUpdates,
        RequestType::ScheduleOSUpdate,
        RequestType::ScheduleOSUpdateScan,
        RequestType::OSUpdateStatus,
    ];
    for kind in removed {
        for platform in [
            Platform::Ios,
            Platform::Ipados,
            Platform::Macos,
            Platform::Tvos,
        ] {
            if code(kind, &at(platform, 26)) == Some(RefusalCode::PlatformUnsupported) {
                continue;
            }
            assert_eq!(code(kind, &at(platform, 26)), None, "{kind} on {platform}");
            for major in [27, 28] {
                let refused = code(kind, &at(platform, major));
                assert_eq!(refused, Some(RefusalCode::OsTooNew), "{kind} on {platform}");
            }
            assert_eq!(
                code(kind, &on(platform)),
                Some(RefusalCode::OsUnknown),
                "{kind}"
            );
        }
    }
    // Nothing else is refused for an unknown version.
    assert_eq!(code(RequestType::RestartDevice, &on(Platform::Macos)), None);
    let raw =
        b"<plist><dict><key>RequestType</key><string>ScheduleOSUpdate</string></dict></plist>";
    let raw = crate::command::RawCommand::parse(raw).unwrap();
    let refused = check_raw(&raw, &at(Platform::Macos, 27)).unwrap_err();
    assert_eq!(refused.code, RefusalCode::OsTooNew);
    let logs = RequestType::TriggerEnhancedLogCollection;
    assert_eq!(
        code(logs, &at(Platform::Ios, 26)),
        Some(RefusalCode::OsTooOld)
    );
    assert_eq!(code(logs, &at(Platform::Ios, 27)), None);
    assert_eq!(
        code(logs, &at(Platform::Macos, 27)),
        Some(RefusalCode::Channel)
    );
    let user = DeviceFacts {
        channel: ChannelName::User("ada".into()),
        ..at(Platform::Macos, 27)
    };
    assert_eq!(code(logs, &user), None);
}

#[test]
fn supervision_ade_and_what_the_device_is_doing() {
    use RefusalCode as R;
    use RequestType as T;
    let unsupervised = |platform| DeviceFacts::corporate(platform, EnrollmentType::Profile);
    let supervised_by_hand = |platform| DeviceFacts {
        supervised: true,
        ..unsupervised(platform)
    };
    let waiting = |awaiting| DeviceFacts {
        awaiting_configuration: awaiting,
        ..on(Platform::Macos)
    };
    let lost = |lost_mode| DeviceFacts {
        lost_mode,
        ..on(Platform::Ios)
    };
    let mac = |apple_silicon| DeviceFacts {
        apple_silicon,
        ..on(Platform::Macos)
    };
    let shared = DeviceFacts {
        shared_ipad: true,
        ..on(Platform::Ipados)
    };
    let shared_user = user_channel(Platform::Ipados);
    for (kind, facts, expected) in [
        (
            T::EnableLostMode,
            unsupervised(Platform::Ios),
            Some(R::Supervision),
        ),
        (T::EnableLostMode, supervised_by_hand(Platform::Ios), None),
        (
            T::EnableLostMode,
            on(Platform::Macos),
            Some(R::PlatformUnsupported),
        ),
        (
            T::RestartDevice,
            unsupervised(Platform::Ios),
            Some(R::Supervision),
        ),
        (T::RestartDevice, unsupervised(Platform::Macos), None),
        (
            T::DeviceConfigured,
            supervised_by_hand(Platform::Ios),
            Some(R::Ade),
        ),
        (T::DeviceConfigured, waiting(Some(true)), None),
        (T::DeviceConfigured, waiting(None), None),
        (
            T::DeviceConfigured,
            waiting(Some(false)),
            Some(R::AwaitingConfiguration),
        ),
        (
            T::AccountConfiguration,
            waiting(Some(false)),
            Some(R::AwaitingConfiguration),
        ),
        (T::SetAutoAdminPassword, waiting(Some(false)), None),
        (
            T::SetAutoAdminPassword,
            unsupervised(Platform::Macos),
            Some(R::Ade),
        ),
        (T::DeviceLocation, lost(Some(true)), None),
        (T::DeviceLocation, lost(Some(false)), Some(R::LostMode)),
        (T::DisableLostMode, lost(Some(false)), None),
        (T::SetRecoveryLock, mac(Some(true)), None),
        (T::SetRecoveryLock, mac(Some(false)), Some(R::Processor)),
        (T::SetFirmwarePassword, mac(Some(true)), Some(R::Processor)),
        (T::VerifyFirmwarePassword, mac(None), None),
        // Shared iPad: device and user channels.
        (T::UserList, on(Platform::Ipados), Some(R::SharedIpad)),
        (T::UserList, shared.clone(), None),
        (T::LogOutUser, shared_user.clone(), Some(R::Channel)),
        (T::UserConfigured, shared_user.clone(), None),
        (T::UserConfigured, shared.clone(), Some(R::Channel)),
        (T::ClearPasscode, shared.clone(), Some(R::SharedIpad)),
        (T::CertificateList, shared, None),
        (T::CertificateList, shared_user, Some(R::Channel)),
        (
            T::ClearPasscode,
            user_enrollment(Platform::Ios),
            Some(R::UserEnrollment),
        ),
        (
            T::RotateFileVaultKey,
            user_enrollment(Platform::Macos),
            Some(R::UserEnrollment),
        ),
        (
            T::InstalledApplicationList,
            user_enrollment(Platform::Macos),
            Some(R::UserEnrollment),
        ),
        (T::RemoveApplication, user_enrollment(Platform::Macos), None),
        (T::ActiveNSExtensions, on(Platform::Macos), Some(R::Channel)),
        (T::ActiveNSExtensions, user_channel(Platform::Macos), None),
    ] {
        assert_eq!(code(kind, &facts), expected, "{kind} for {facts:?}");
    }
}

/// Security S41: what destroys, opens or locates a device is not done to a person's own.
#[test]
fn personal_devices_are_not_erased_opened_or_located() {
    let personal = DeviceFacts {
        ownership: Ownership::Personal,
        ..on(Platform::Ios)
    };
    for kind in [
        RequestType::EraseDevice,
        RequestType::ClearPasscode,
        RequestType::ClearRestrictionsPassword,
        RequestType::EnableLostMode,
        RequestType::DeviceLocation,
        RequestType::PlayLostModeSound,
    ] {
        assert_eq!(
            code(kind, &personal),
            Some(RefusalCode::PersonalDevice),
            "{kind}"
        );
        assert_eq!(code(kind, &on(Platform::Ios)), None, "{kind}");
    }
    assert_eq!(code(RequestType::DisableLostMode, &personal), None);
    let personal_mac = DeviceFacts {
        ownership: Ownership::Personal,
        ..on(Platform::Macos)
    };
    for kind in [
        RequestType::RotateFileVaultKey,
        RequestType::SetRecoveryLock,
        RequestType::VerifyRecoveryLock,
        RequestType::SetFirmwarePassword,
        RequestType::VerifyFirmwarePassword,
        RequestType::SetAutoAdminPassword,
    ] {
        assert_eq!(
            code(kind, &personal_mac),
            Some(RefusalCode::PersonalDevice),
            "{kind}"
        );
        assert_eq!(code(kind, &on(Platform::Macos)), None, "{kind}");
    }
    let apps = |managed_apps_only| {
        Request::InstalledApplicationList(InstalledApplicationList {
            managed_apps_only,
            ..InstalledApplicationList::default()
        })
    };
    assert_eq!(request_code(&apps(Some(true)), &personal), None);
    for open in [None, Some(false)] {
        let refused = request_code(&apps(open), &personal);
        assert_eq!(refused, Some(RefusalCode::PersonalDevice));
        assert_eq!(request_code(&apps(open), &on(Platform::Ios)), None);
    }
    for managed_only in [None, Some(false), Some(true)] {
        let refused = (managed_only != Some(true)).then_some(RefusalCode::PersonalDevice);
        for list in [
            Request::ProfileList(ProfileList { managed_only }),
            Request::CertificateList(CertificateList { managed_only }),
        ] {
            assert_eq!(request_code(&list, &personal), refused);
            assert_eq!(request_code(&list, &on(Platform::Ios)), None);
        }
    }
    // Which profile manages it stands only in the whole list.
    let moved_in = DeviceFacts {
        enrollment_profile_identifier: Some(String::new()),
        ..personal.clone()
    };
    let whole = Request::ProfileList(ProfileList { managed_only: None });
    assert_eq!(request_code(&whole, &moved_in), None);
    let ask = |query: &str| Request::DeviceInformation(DeviceInformation::new([query]));
    assert_eq!(request_code(&ask("OSVersion"), &personal), None);
    for query in ["PhoneNumber", "Invented"] {
        let refused = request_code(&ask(query), &personal);
        assert_eq!(refused, Some(RefusalCode::PersonalDevice));
        assert_eq!(request_code(&ask(query), &on(Platform::Ios)), None);
    }
    // Of a type that nobody knows, open, or in a shape that hides what it asks.
    for rest in [
        "MakeCoffee</string>",
        "ProfileList</string>",
        "ProfileList</string><key>ManagedOnly</key><string>yes</string>",
        "DeviceInformation</string><key>Queries</key><string>PhoneNumber</string>",
    ] {
        let raw = format!("<plist><dict><key>RequestType</key><string>{rest}</dict></plist>");
        let raw = crate::command::RawCommand::parse(raw.as_bytes()).unwrap();
        let refused = check_raw(&raw, &personal).unwrap_err();
        assert_eq!(refused.code, RefusalCode::PersonalDevice, "{rest}");
        assert_eq!(check_raw(&raw, &on(Platform::Ios)), Ok(()), "{rest}");
    }
}

#[test]
fn settings_are_checked_item_by_item() {
    use RefusalCode as R;
    let set = |item: SettingsItem| Request::Settings(Settings::one(item));
    let switch = |enabled| Switch { enabled };
    let name = set(SettingsItem::DeviceName(DeviceName {
        device_name: "n".into(),
    }));
    let info = set(SettingsItem::OrganizationInfo(OrganizationInfoSetting {
        organization_info: None,
    }));
    let options = set(SettingsItem::MDMOptions(MdmOptionsSetting::default()));
    let bluetooth = set(SettingsItem::Bluetooth(switch(true)));
    let analytics = set(SettingsItem::AppAnalytics(switch(true)));
    let config = set(SettingsItem::ApplicationConfiguration(
        ApplicationConfiguration {
            identifier: "com.example.app".into(),
            configuration: None,
        },
    ));
    let updates = set(SettingsItem::SoftwareUpdateSettings(
        SoftwareUpdateSettings {
            recommendation_cadence: 0,
        },
    ));
    let access = |contrast| {
        set(SettingsItem::AccessibilitySettings(AccessibilitySettings {
            increase_contrast_enabled: contrast,
            ..AccessibilitySettings::default()
        }))
    };
    let attributes = set(SettingsItem::ApplicationAttributes(ApplicationAttributes {
        identifier: "com.example.app".into(),
        attributes: Some(AppAttributes {
            hideable: Some(false),
            ..AppAttributes::default()
        }),
    }));
    let unsupervised = DeviceFacts::corporate(Platform::Ios, EnrollmentType::Profile);
    let shared = DeviceFacts {
        shared_ipad: true,
        ..on(Platform::Ipados)
    };
    let apps_only = DeviceFacts {
        access_rights: Some(AccessRights::MANAGE_APPS),
        ..on(Platform::Ios)
    };
    for (request, facts, expected) in [
        // User Enrollment: configurations and attributes of apps, the organisation, and on iOS
        // the MDM options.
        (&config, user_enrollment(Platform::Ios), None),
        (&info, user_enrollment(Platform::Ios), None),
        (&info, user_enrollment(Platform::Macos), None),
        (&options, user_enrollment(Platform::Ios), None),
        (
            &options,
            user_enrollment(Platform::Macos),
            Some(R::UserEnrollment),
        ),
        (
            &name,
            user_enrollment(Platform::Ios),
            Some(R::UserEnrollment),
        ),
        (
            &bluetooth,
            user_enrollment(Platform::Macos),
            Some(R::UserEnrollment),
        ),
        (&name, unsupervised, Some(R::Supervision)),
        (&name, on(Platform::Macos), None),
        (&name, on(Platform::Watchos), Some(R::PlatformUnsupported)),
        (&analytics, on(Platform::Ipados), Some(R::SharedIpad)),
        (&analytics, shared.clone(), None),
        (&access(None), shared, Some(R::Channel)),
        (&access(None), user_channel(Platform::Ipados), None),
        (
            &access(Some(true)),
            on(Platform::Watchos),
            Some(R::ParameterUnsupported),
        ),
        (&access(Some(true)), on(Platform::Ios), None),
        (&updates, at(Platform::Ios, 26), None),
        (&updates, at(Platform::Ios, 27), Some(R::OsTooNew)),
        (&attributes, at(Platform::Ios, 17), Some(R::OsTooOld)),
        (&attributes, at(Platform::Ios, 19), None),
        (&config, apps_only.clone(), None),
        (&bluetooth, apps_only, Some(R::AccessRights)),
    ] {
        assert_eq!(
            request_code(request, &facts),
            expected,
            "{request:?} for {facts:?}"
        );
    }
    let two = Request::Settings(Settings {
        settings: vec![
            SettingsItem::OrganizationInfo(OrganizationInfoSetting {
                organization_info: None,
            }),
            SettingsItem::Wallpaper(Wallpaper {
                image: vec![1],
                location: 1,
            }),
        ],
    });
    let refusal = check_request(&two, &on(Platform::Macos)).unwrap_err();
    assert!(refusal.detail.contains("Wallpaper"), "{refusal}");
}

#[test]
fn parameters_follow_their_own_rows() {
    use RefusalCode as R;
    let restart = |notify_user| {
        Request::RestartDevice(RestartDevice {
            notify_user,
            ..RestartDevice::default()
        })
    };
    let nested = |should_retry_enrollment| {
        Request::EraseDevice(EraseDevice {
            return_to_service: Some(ReturnToService {
                enabled: true,
                should_retry_enrollment,
                ..ReturnToService::default()
            }),
            ..EraseDevice::default()
        })
    };
    let proximity = Request::EraseDevice(EraseDevice {
        disallow_proximity_setup: Some(true),
        ..EraseDevice::default()
    });
    let shared = DeviceFacts {
        shared_ipad: true,
        ..on(Platform::Ipados)
    };
    for (request, facts, expected) in [
        (
            &restart(Some(true)),
            on(Platform::Ios),
            Some(R::ParameterUnsupported),
        ),
        (&restart(None), on(Platform::Ios), None),
        (
            &restart(Some(true)),
            at(Platform::Macos, 11),
            Some(R::OsTooOld),
        ),
        (&restart(Some(true)), at(Platform::Macos, 12), None),
        (
            &nested(Some(true)),
            at(Platform::Ios, 26),
            Some(R::OsTooOld),
        ),
        (&nested(Some(true)), at(Platform::Ios, 27), None),
        (&nested(None), at(Platform::Ios, 17), None),
        (&proximity, on(Platform::Ipados), None),
        (&proximity, shared, Some(R::SharedIpad)),
    ] {
        assert_eq!(
            request_code(request, &facts),
            expected,
            "{request:?} for {facts:?}"
        );
    }
}

#[test]
fn who_may_receive_what() {
    use RefusalCode as R;
    use RequestType as T;
    let old_vision = DeviceFacts {
        os_version: Some(OsVersion::new(1, 1)),
        ..on(Platform::Visionos)
    };
    let personal = DeviceFacts {
        ownership: Ownership::Personal,
        ..DeviceFacts::corporate(Platform::Ios, EnrollmentType::Profile)
    };
    let few_rights = DeviceFacts {
        access_rights: AccessRights::new(3),
        ..on(Platform::Ios)
    };
    let no_rights = DeviceFacts {
        access_rights: None,
        ..on(Platform::Ios)
    };
    for (kind, facts, expected) in [
        (
            T::EraseDevice,
            user_enrollment(Platform::Ios),
            Some(R::UserEnrollment),
        ),
        (
            T::EraseDevice,
            user_enrollment(Platform::Macos),
            Some(R::UserEnrollment),
        ),
        (T::EraseDevice, personal.clone(), Some(R::PersonalDevice)),
        (T::DeviceLock, user_enrollment(Platform::Ios), None),
        (
            T::DeviceLock,
            user_enrollment(Platform::Macos),
            Some(R::UserEnrollment),
        ),
        (T::DeviceLock, personal, None),
        (T::DeviceLock, old_vision.clone(), Some(R::OsTooOld)),
        (T::SecurityInfo, old_vision, None),
        (T::SecurityInfo, user_enrollment(Platform::Ios), None),
        (T::InstallProfile, user_enrollment(Platform::Ios), None),
        (
            T::DeviceLock,
            user_channel(Platform::Macos),
            Some(R::Channel),
        ),
        (
            T::EraseDevice,
            user_channel(Platform::Ipados),
            Some(R::Channel),
        ),
        (T::SecurityInfo, user_channel(Platform::Macos), None),
        (
            T::SecurityInfo,
            user_channel(Platform::Ipados),
            Some(R::Channel),
        ),
        (T::ProfileList, user_channel(Platform::Ipados), None),
        (
            T::ProfileList,
            user_channel(Platform::Watchos),
            Some(R::Channel),
        ),
        (T::InstallProfile, few_rights.clone(), None),
        (T::ProfileList, few_rights.clone(), None),
        (T::EraseDevice, few_rights.clone(), Some(R::AccessRights)),
        (T::DeviceLock, few_rights.clone(), Some(R::AccessRights)),
        (T::SecurityInfo, few_rights.clone(), Some(R::AccessRights)),
        (T::DeviceInformation, few_rights, None),
        (T::InstallProfile, no_rights, Some(R::AccessRights)),
    ] {
        assert_eq!(code(kind, &facts), expected, "{kind} for {facts:?}");
    }
}

#[test]
fn the_enrollment_profile_may_always_be_removed() {
    let facts = DeviceFacts {
        access_rights: AccessRights::new(4),
        enrollment_profile_identifier: Some("com.example.enroll".into()),
        ..on(Platform::Ios)
    };
    let remove = |identifier: &str| {
        Request::RemoveProfile(RemoveProfile {
            identifier: identifier.into(),
        })
    };
    assert_eq!(request_code(&remove("com.example.enroll"), &facts), None);
    assert_eq!(
        request_code(&remove("com.example.wifi"), &facts),
        Some(RefusalCode::AccessRights)
    );
}

#[test]
fn parameters_of_a_lock() {
    let plain = Request::DeviceLock(DeviceLock::default());
    let with_pin = Request::DeviceLock(DeviceLock {
        pin: Some(Pin::new("123456").unwrap()),
        ..DeviceLock::default()
    });
    let with_message = Request::DeviceLock(DeviceLock {
        message: Some("m".into()),
        ..DeviceLock::default()
    });
    for (request, platform, expected) in [
        (&plain, Platform::Macos, Some(RefusalCode::PinRequired)),
        (&with_pin, Platform::Macos, None),
        (
            &with_pin,
            Platform::Ios,
            Some(RefusalCode::ParameterUnsupported),
        ),
        (&plain, Platform::Ios, None),
        (&with_message, Platform::Ipados, None),
        (
            &with_message,
            Platform::Visionos,
            Some(RefusalCode::ParameterUnsupported),
        ),
    ] {
        assert_eq!(
            request_code(request, &on(platform)),
            expected,
            "{request:?} on {platform}"
        );
    }
}

#[test]
fn parameters_of_an_erasure() {
    let erase = |change: fn(&mut EraseDevice)| {
        let mut erase = EraseDevice::default();
        change(&mut erase);
        Request::EraseDevice(erase)
    };
    let plain = erase(|_| {});
    let pin = erase(|e| e.pin = Pin::new("123456").ok());
    let obliterate = erase(|e| e.obliteration_behavior = Some(ObliterationBehavior::Always));
    let data_plan = erase(|e| e.preserve_data_plan = Some(true));
    let proximity = erase(|e| e.disallow_proximity_setup = Some(true));
    let return_to_service = erase(|e| {
        e.return_to_service = Some(ReturnToService {
            enabled: true,
            wifi_profile_data: None,
            mdm_profile_data: None,
            bootstrap_token: None,
            should_retry_enrollment: None,
        });
    });
    let version = |platform, major| DeviceFacts {
        os_version: Some(OsVersion::new(major, 0)),
        ..on(platform)
    };
    let needs_pin = DeviceFacts {
        pin_required_for_erase: Some(true),
        ..on(Platform::Macos)
    };
    let unsupported = Some(RefusalCode::ParameterUnsupported);
    let old = Some(RefusalCode::OsTooOld);
    for (request, facts, expected) in [
        (&plain, on(Platform::Ios), None),
        (&plain, on(Platform::Macos), None),
        (&plain, needs_pin.clone(), Some(RefusalCode::PinRequired)),
        (&pin, needs_pin, None),
        (&pin, on(Platform::Ios), unsupported),
        (&obliterate, on(Platform::Ios), unsupported),
        (&obliterate, version(Platform::Macos, 11), old),
        (&obliterate, version(Platform::Macos, 12), None),
        (&data_plan, on(Platform::Ios), None),
        (&data_plan, on(Platform::Macos), unsupported),
        (&proximity, on(Platform::Watchos), unsupported),
        (&return_to_service, version(Platform::Ipados, 17), None),
        (&return_to_service, version(Platform::Ios, 16), old),
        (&return_to_service, version(Platform::Tvos, 17), old),
        (&return_to_service, on(Platform::Macos), unsupported),
    ] {
        assert_eq!(
            request_code(request, &facts),
            expected,
            "{request:?} for {facts:?}"
        );
    }
}

#[test]
fn refusals_name_what_and_why() {
    let refusal = check(RequestType::EraseDevice, &user_enrollment(Platform::Ios)).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "user_enrollment: EraseDevice is forbidden in User Enrollment on ios"
    );
    for code in RefusalCode::ALL {
        assert!(!code.to_string().is_empty());
    }
}
