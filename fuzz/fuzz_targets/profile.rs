//! Configuration and enrollment profiles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_apple::platform::{DeviceFacts, EnrollmentType, Platform};
use tillsyn_apple::profile::{ProfileInfo, Template, check, conflicts, parse_profile, support};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(info) = ProfileInfo::parse(bytes) {
        let _ = info.has_mdm_payload();
    }
    if let Ok(profile) = parse_profile(bytes)
        && let Ok(written) = profile.to_plist()
    {
        assert!(parse_profile(&written).is_ok());
    }
    if let Ok(template) = Template::parse(bytes) {
        let root = template.root();
        for finding in check::check(root) {
            assert!(finding.to_string().len() < 4096);
        }
        let facts = DeviceFacts::corporate(Platform::Ios, EnrollmentType::Profile);
        let _ = support::support(root, &facts);
        let _ = conflicts::conflicts(root, root);
    }
});
