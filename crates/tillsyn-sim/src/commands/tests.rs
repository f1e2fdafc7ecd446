#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{Device, DeviceConfig, DeviceKind, Network};

fn device(kind: DeviceKind, index: usize) -> Device {
    let config = DeviceConfig::generate(kind, 9, index);
    Device::new(config, Network::plain_http().unwrap())
}

#[test]
fn facts_last_and_unsupported_ones_are_absent() {
    for index in 0..20 {
        let iphone = device(DeviceKind::Iphone, index);
        assert_eq!(iphone.fact("WiFiMAC"), iphone.fact("WiFiMAC"));
        assert!(iphone.fact("HostName").is_none());
        assert!(iphone.fact("HasBattery").is_none());
        let mac = device(DeviceKind::Mac, index);
        assert!(mac.fact("IMEI").is_none());
        assert!(mac.fact("IsRoaming").is_none());
        assert!(mac.fact("HostName").is_some());
    }
}

#[test]
fn an_imei_has_its_check_digit() {
    for index in 0..50 {
        let imei = device(DeviceKind::Iphone, index).imei();
        assert_eq!(imei.len(), 15);
        let sum: u32 = imei
            .chars()
            .rev()
            .enumerate()
            .map(|(place, c)| (place, c.to_digit(10).unwrap()))
            .map(|(place, digit)| if place % 2 == 1 { digit * 2 } else { digit })
            .map(|n| n / 10 + n % 10)
            .sum();
        assert_eq!(sum % 10, 0, "{imei}");
    }
}

/// A rule without a hand that carries it out would be answered as unknown.
#[tokio::test]
async fn every_command_with_a_rule_is_carried_out() {
    use super::rules;
    for request_type in rules::known() {
        let mut mac = device(DeviceKind::Mac, 1);
        let nothing = plist::Dictionary::new();
        let answer = mac.obey_allowed(0, request_type, &nothing).await;
        // Without an enrollment some end with an error of the simulator.
        let unknown = answer.is_ok_and(|answer| {
            answer
                .errors
                .first()
                .is_some_and(|error| error.error_code == 12_021)
        });
        assert!(!unknown, "{request_type}");
    }
}
