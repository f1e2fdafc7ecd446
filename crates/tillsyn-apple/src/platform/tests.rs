#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn access_rights_that_a_device_would_refuse() {
    assert_eq!(AccessRights::new(8191), Some(AccessRights::ALL));
    for bits in [0, 2, 128, 8192, u32::MAX] {
        assert_eq!(AccessRights::new(bits), None, "{bits}");
    }
    let rights = AccessRights::new(3).unwrap();
    assert!(rights.contains(AccessRights::CHANGE_PROFILES));
    assert!(!rights.contains(AccessRights::ERASE));
}

#[test]
fn versions_compare_by_number() {
    let version = |text: &str| text.parse::<OsVersion>().unwrap();
    assert!(version("9.3.2") < version("10.0"));
    assert!(version("17") == version("17.0.0"));
    assert!(version("16.5.1 (a)") > version("16.5"));
    assert_eq!(version("18.2.1").to_string(), "18.2.1");
    for text in ["", "x", ".1", "99999999999"] {
        assert!(text.parse::<OsVersion>().is_err(), "{text}");
    }
}

#[test]
fn platform_by_product_name() {
    for (product, platform) in [
        ("iPhone17,1", Some(Platform::Ios)),
        ("iPad14,3", Some(Platform::Ipados)),
        ("Mac15,6", Some(Platform::Macos)),
        ("MacBookPro18,1", Some(Platform::Macos)),
        ("iMac21,1", Some(Platform::Macos)),
        ("VirtualMac2,1", Some(Platform::Macos)),
        ("AppleTV14,1", Some(Platform::Tvos)),
        ("RealityDevice14,1", Some(Platform::Visionos)),
        ("Watch7,1", Some(Platform::Watchos)),
        ("Toaster1,1", None),
    ] {
        assert_eq!(Platform::from_product_name(product), platform, "{product}");
    }
}

#[test]
fn words_round_trip() {
    for platform in Platform::ALL {
        assert_eq!(platform.as_str().parse::<Platform>().unwrap(), *platform);
    }
    for kind in EnrollmentType::ALL {
        assert_eq!(kind.as_str().parse::<EnrollmentType>().unwrap(), *kind);
    }
    assert!("phone".parse::<Platform>().is_err());
}
