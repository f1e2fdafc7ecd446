//! Check-in messages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_apple::checkin::CheckIn;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = CheckIn::parse(bytes) {
        let _ = (message.message_type(), message.channel(), message.ids());
    }
});
