//! Commands as the API takes them, in JSON, and as they are stored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tillsyn_core::commands::Request;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    if let Ok((request, _)) = Request::read(value) {
        let stored = serde_json::to_value(&request).ok();
        let again = stored.clone().map(serde_json::from_value::<Request>);
        let again = again.and_then(Result::ok).map(serde_json::to_value);
        assert_eq!(again.and_then(Result::ok), stored);
    }
});
