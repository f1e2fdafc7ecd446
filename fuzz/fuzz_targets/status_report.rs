//! Status reports of declarative management.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_core::platform::apple::is_status_report;

fuzz_target!(|bytes: &[u8]| {
    // What is kept of a report differs, what is one does not.
    assert_eq!(
        is_status_report(bytes, false),
        is_status_report(bytes, true)
    );
});
