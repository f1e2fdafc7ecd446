//! Commands as the API takes them, in JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_core::commands::Request;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = serde_json::from_slice::<Request>(bytes) {
        let written = serde_json::to_vec(&request);
        let again = written.and_then(|json| serde_json::from_slice::<Request>(&json));
        assert_eq!(again.ok(), Some(request));
    }
});
