//! What people upload as a profile: unwrapped, read, checked and summed up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_core::profiles::check_upload;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(checked) = check_upload(bytes.to_vec()) {
        assert!(!checked.identifier.is_empty());
    }
});
