#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::command::{
    DeviceLock, EraseDevice, ObliterationBehavior, Pin, RemoveProfile, Request, RequestType,
    ReturnToService,
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

#[test]
fn the_table_has_each_command_once() {
    for rule in COMMANDS {
        let kind = rule.request_type;
        assert_eq!(
            COMMANDS
                .iter()
                .filter(|rule| rule.request_type == kind)
                .count(),
            1
        );
    }
}

#[test]
fn corporate_devices_take_every_command_of_their_platform() {
    for platform in Platform::ALL {
        for kind in COMMANDS.iter().map(|rule| rule.request_type) {
            let expected = (kind == RequestType::DeviceLock && *platform == Platform::Tvos)
                .then_some(RefusalCode::PlatformUnsupported);
            assert_eq!(code(kind, &on(*platform)), expected, "{kind} on {platform}");
        }
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
