#![expect(clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::history::keeps_history;
use super::kind::InventoryKind;
use super::schedule::spread_ms;
use super::setting::InventorySettings;
use crate::clock::{DAY_MS, HOUR_MS};

#[test]
fn a_kind_is_found_by_its_name_and_by_its_command() {
    for kind in InventoryKind::ALL {
        assert_eq!(InventoryKind::parse(kind.as_str()), Some(kind));
        for narrowed in [false, true] {
            let request = kind.request(narrowed).expect("a command of the catalogue");
            assert_eq!(InventoryKind::of(&request), Some(kind));
        }
    }
    assert_eq!(InventoryKind::parse("place"), None);
}

#[test]
fn apps_are_listed_less_often_than_the_rest() {
    let settings = InventorySettings::default();
    assert_eq!(InventoryKind::Device.period_ms(&settings), DAY_MS);
    assert_eq!(InventoryKind::Apps.period_ms(&settings), 7 * DAY_MS);
}

#[test]
fn what_moves_all_day_is_no_history() {
    let (old, new) = (json!(0.5).to_string(), json!(0.4).to_string());
    assert!(!keeps_history("battery_level", &old, &new));
    assert!(keeps_history("os_version", "\"18.1\"", "\"18.2\""));
    assert!(!keeps_history("os_version", "\"18.2\"", "\"18.2\""));
    let long = "x".repeat(5_000);
    assert!(!keeps_history("name", "\"a\"", &long));
}

#[test]
fn a_fleet_is_spread_over_the_window() {
    let mut hours = [0_u32; 24];
    for n in 0..2_400 {
        let device = format!("01939f3c-5a10-7c3e-9d41-{n:012}");
        let at = spread_ms(&device, DAY_MS);
        assert_eq!(at, spread_ms(&device, DAY_MS));
        let hour = usize::try_from(at / HOUR_MS).expect("a place in the day");
        *hours.get_mut(hour).expect("within the window") += 1;
    }
    // 100 are expected in each hour; half or double would be no spread.
    assert!(hours.iter().all(|n| (50..200).contains(n)), "{hours:?}");
}
