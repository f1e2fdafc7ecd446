//! Configuration and enrollment profiles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_apple::profile::{ProfileInfo, parse_profile};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(info) = ProfileInfo::parse(bytes) {
        let _ = info.has_mdm_payload();
    }
    if let Ok(profile) = parse_profile(bytes)
        && let Ok(written) = profile.to_plist()
    {
        assert!(parse_profile(&written).is_ok());
    }
});
