#![expect(clippy::expect_used, reason = "tests")]

use plist::{Dictionary, Value};

use super::*;
use crate::ids::ChannelName;
use crate::platform::{DeviceFacts, EnrollmentType, OsVersion, Platform};

fn profile(payloads: &[(&str, &[(&str, Value)])]) -> Dictionary {
    let payloads = payloads.iter().map(|(kind, own)| {
        let mut payload = Dictionary::new();
        payload.insert("PayloadType".to_owned(), Value::from(*kind));
        for (key, value) in *own {
            payload.insert((*key).to_owned(), value.clone());
        }
        Value::Dictionary(payload)
    });
    let mut root = Dictionary::new();
    root.insert(
        "PayloadContent".to_owned(),
        Value::Array(payloads.collect()),
    );
    root
}

fn phone(version: u32) -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(version, 0)),
        ..DeviceFacts::corporate(Platform::Ios, EnrollmentType::Ade)
    }
}

fn unsupervised() -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(18, 0)),
        ..DeviceFacts::corporate(Platform::Ios, EnrollmentType::Profile)
    }
}

fn mac(version: u32) -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(version, 0)),
        ..DeviceFacts::corporate(Platform::Macos, EnrollmentType::Profile)
    }
}

fn byod(platform: Platform) -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(18, 0)),
        ..DeviceFacts::corporate(platform, EnrollmentType::AccountDrivenUser)
    }
}

fn refused(root: &Dictionary, facts: &DeviceFacts) -> Vec<&'static str> {
    support(root, facts)
        .refused
        .iter()
        .map(|of| of.reason.as_str())
        .collect()
}

/// `key: reason`, or the reason of a whole payload.
fn ignored(root: &Dictionary, facts: &DeviceFacts) -> Vec<String> {
    let line = |of: &Ignored| match &of.path {
        Some(path) => format!("{path}: {}", of.reason.as_str()),
        None => of.reason.as_str().to_owned(),
    };
    support(root, facts).ignored.iter().map(line).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn a_payload_that_needs_supervision_is_refused_without() {
    let lock = profile(&[(
        "com.apple.app.lock",
        &[("App", Value::Dictionary(Dictionary::new()))],
    )]);
    assert_eq!(refused(&lock, &unsupervised()), ["supervised"]);
    assert_eq!(refused(&lock, &phone(18)), NONE);
}

#[test]
fn a_key_that_needs_supervision_is_ignored_without() {
    let own = [
        ("allowCamera", Value::from(false)),
        ("allowAppInstallation", Value::from(false)),
    ];
    let restrictions = profile(&[("com.apple.applicationaccess", &own)]);
    assert_eq!(ignored(&restrictions, &phone(18)), NONE);
    assert_eq!(
        ignored(&restrictions, &unsupervised()),
        ["allowAppInstallation: supervised"]
    );
    assert_eq!(refused(&restrictions, &unsupervised()), NONE);
}

#[test]
fn what_is_too_new_or_gone_is_ignored_with_its_version() {
    let own = [
        ("enforcedSoftwareUpdateDelay", Value::from(5)),
        ("allowCamera", Value::from(false)),
    ];
    let restrictions = profile(&[("com.apple.applicationaccess", &own)]);
    assert_eq!(
        ignored(&restrictions, &phone(10)),
        ["enforcedSoftwareUpdateDelay: introduced"]
    );
    assert_eq!(ignored(&restrictions, &phone(26)), NONE);
    let of = support(&restrictions, &phone(27));
    let gone = of.ignored.first().expect("one");
    assert_eq!(
        (gone.reason, gone.version),
        (Reason::Removed, Some(OsVersion::new(27, 0)))
    );
    // While the version is not known nothing is said of it.
    let unknown = DeviceFacts {
        os_version: None,
        ..phone(1)
    };
    assert_eq!(ignored(&restrictions, &unknown), NONE);
}

#[test]
fn a_profile_of_which_nothing_applies_is_refused() {
    let dock = profile(&[("com.apple.dock", &[("tilesize", Value::from(32))])]);
    assert_eq!(refused(&dock, &phone(18)), ["nothing_applies"]);
    assert_eq!(ignored(&dock, &phone(18)), ["system"]);
    assert_eq!(refused(&dock, &mac(15)), NONE);
    let update = profile(&[("com.apple.SoftwareUpdate", &[])]);
    assert_eq!(refused(&update, &mac(27)), ["nothing_applies"]);
    // All its settings are ignored.
    let own = [("allowAppInstallation", Value::from(false))];
    let restrictions = profile(&[("com.apple.applicationaccess", &own)]);
    assert_eq!(refused(&restrictions, &unsupervised()), ["nothing_applies"]);
    // Nobody knows what an unknown payload does.
    let unknown = profile(&[("com.apple.dock", &[]), ("com.example.app", &[])]);
    assert_eq!(refused(&unknown, &phone(18)), NONE);
}

#[test]
fn user_enrollment_rejects_on_ios_and_ignores_on_macos() {
    let proxy = profile(&[
        ("com.apple.wifi.managed", &[]),
        ("com.apple.networkusagerules", &[]),
        ("com.apple.ironwood.support", &[]),
    ]);
    assert_eq!(refused(&proxy, &byod(Platform::Ios)), ["user_enrollment"]);
    assert_eq!(refused(&proxy, &byod(Platform::Macos)), NONE);
    assert!(ignored(&proxy, &byod(Platform::Macos)).contains(&"user_enrollment".to_owned()));
    let own = [("minLength", Value::from(8)), ("minLength", Value::from(8))];
    let policy = profile(&[("com.apple.mobiledevice.passwordpolicy", &own)]);
    assert_eq!(
        ignored(&policy, &byod(Platform::Ios)),
        ["minLength: user_enrollment"]
    );
}

#[test]
fn channels_of_a_mac() {
    // Home accounts are for the user channel, the firewall is for the device.
    let mail = profile(&[("com.apple.ldap.account", &[])]);
    let firewall = profile(&[("com.apple.security.firewall", &[])]);
    let user = DeviceFacts {
        channel: ChannelName::User("501".to_owned()),
        ..mac(15)
    };
    assert_eq!(refused(&mail, &mac(15)), ["channel"]);
    assert_eq!(refused(&mail, &user), NONE);
    assert_eq!(refused(&firewall, &user), ["channel"]);
    assert_eq!(refused(&firewall, &mac(15)), NONE);
}

#[test]
fn shared_ipads() {
    let shared = DeviceFacts {
        shared_ipad: true,
        ..phone(18)
    };
    let passcode = profile(&[("com.apple.mobiledevice.passwordpolicy", &[])]);
    assert_eq!(refused(&passcode, &shared), ["shared_ipad"]);
    assert_eq!(refused(&passcode, &phone(18)), NONE);
    let directory = profile(&[("com.apple.ldap.account", &[])]);
    assert_eq!(refused(&directory, &shared), ["channel"]);
}

#[test]
fn what_a_person_must_approve() {
    let extension = profile(&[("com.apple.system-extension-policy", &[])]);
    let known = |approved| DeviceFacts {
        user_approved: approved,
        ..mac(15)
    };
    assert_eq!(refused(&extension, &known(Some(false))), ["user_approved"]);
    assert_eq!(refused(&extension, &known(Some(true))), NONE);
    assert_eq!(refused(&extension, &known(None)), NONE);
}
