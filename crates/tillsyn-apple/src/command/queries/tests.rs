use super::*;
use crate::ids::ChannelName;
use crate::platform::{AccessRights, DeviceFacts, EnrollmentType, OsVersion, Ownership, Platform};

fn iphone() -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(18, 2)),
        ..DeviceFacts::corporate(Platform::Ios, EnrollmentType::Ade)
    }
}

fn mac() -> DeviceFacts {
    DeviceFacts {
        os_version: Some(OsVersion::new(15, 2)),
        ..DeviceFacts::corporate(Platform::Macos, EnrollmentType::Ade)
    }
}

fn check(facts: &DeviceFacts, asked: &[&str], not_asked: &[&str]) {
    let queries = default_queries(facts);
    for query in asked {
        assert!(queries.contains(query), "{query} is not asked: {queries:?}");
    }
    for query in not_asked {
        assert!(!queries.contains(query), "{query} is asked");
    }
}

#[test]
fn names_and_facts_are_unique() {
    for (n, query) in QUERIES.iter().enumerate() {
        for other in QUERIES.iter().skip(n + 1) {
            assert_ne!(query.name, other.name);
            assert_ne!(query.fact, other.fact);
        }
        assert!(
            query
                .fact
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        );
    }
}

#[test]
fn corporate_iphone_is_asked_everything_it_knows() {
    check(
        &iphone(),
        &[
            "UDID",
            "SerialNumber",
            "PhoneNumber",
            "WiFiMAC",
            "IsCloudBackupEnabled",
        ],
        &["EthernetMAC", "PINRequiredForEraseDevice", "IsAppleSilicon"],
    );
}

#[test]
fn mac_is_asked_for_its_own_keys() {
    check(
        &mac(),
        &[
            "PINRequiredForEraseDevice",
            "EthernetMAC",
            "EACSPreflight",
            "BatteryLevel",
        ],
        &["IMEI", "PhoneNumber", "TimeZone"],
    );
    let user = DeviceFacts {
        channel: ChannelName::User("A".into()),
        ..mac()
    };
    check(&user, &["DeviceName"], &["EACSPreflight"]);
}

#[test]
fn user_enrollment_is_asked_for_no_hardware_id() {
    let facts = DeviceFacts {
        enrollment_type: EnrollmentType::AccountDrivenUser,
        ownership: Ownership::Personal,
        access_rights: None,
        ..iphone()
    };
    check(
        &facts,
        &["OSVersion", "DeviceName", "ModelName"],
        &[
            "UDID",
            "SerialNumber",
            "IMEI",
            "MEID",
            "WiFiMAC",
            "PhoneNumber",
            "ICCID",
            "TimeZone",
            "IsDeviceLocatorServiceEnabled",
            "LastCloudBackupDate",
            "ServiceSubscriptions",
        ],
    );
    for fact in [
        "udid",
        "serial_number",
        "imei",
        "imeis",
        "eids",
        "passcode_present",
        "invented",
    ] {
        assert!(!fact_allowed(fact, &facts), "{fact}");
    }
    for fact in ["name", "os_version", "passcode_compliant", "profiles"] {
        assert!(fact_allowed(fact, &facts), "{fact}");
    }
}

#[test]
fn personal_device_is_not_asked_about_the_person() {
    let facts = DeviceFacts {
        enrollment_type: EnrollmentType::Profile,
        ownership: Ownership::Personal,
        ..iphone()
    };
    check(
        &facts,
        &["UDID", "SerialNumber", "OSVersion"],
        &[
            "IMEI",
            "MEID",
            "PhoneNumber",
            "CurrentCarrierNetwork",
            "IsRoaming",
            "TimeZone",
            "LastCloudBackupDate",
            "IsDeviceLocatorServiceEnabled",
            "WiFiMAC",
            "ServiceSubscriptions",
        ],
    );
    assert!(!fact_allowed("phone_number", &facts));
    assert!(fact_allowed("phone_number", &iphone()));
    assert!(fact_allowed("passcode_present", &facts));
    assert!(fact_allowed("invented", &iphone()));
}

#[test]
fn versions_and_rights_decide() {
    let old = DeviceFacts {
        os_version: Some(OsVersion::new(11, 0)),
        ..iphone()
    };
    check(&old, &["IMEI"], &["ServiceSubscriptions", "TimeZone"]);
    let new = DeviceFacts {
        os_version: Some(OsVersion::new(27, 0)),
        ..iphone()
    };
    check(&new, &["OSVersion"], &["SoftwareUpdateDeviceID"]);
    let few = DeviceFacts {
        access_rights: Some(AccessRights::QUERY_NETWORK_INFORMATION),
        ..iphone()
    };
    check(&few, &["UDID", "WiFiMAC"], &["SerialNumber", "OSVersion"]);
    let none = DeviceFacts {
        access_rights: None,
        ..iphone()
    };
    check(&none, &["UDID"], &["OSVersion", "WiFiMAC"]);
}
