//! Polls and results of commands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_apple::result::{
    CommandResult, DeviceInformationResult, DeviceLockResult, ProfileListResult, SecurityInfoResult,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(result) = CommandResult::parse(bytes) else {
        return;
    };
    let _ = result.channel();
    let _ = DeviceInformationResult::read(&result.body).map(|r| r.facts());
    let _ = SecurityInfoResult::read(&result.body).map(|r| r.facts());
    let _ = ProfileListResult::read(&result.body).map(|r| r.facts());
    let _ = DeviceLockResult::read(&result.body);
    for kind in tillsyn_apple::command::Request::KINDS {
        let _ = tillsyn_apple::result::Answer::read(*kind, &result.body);
    }
});
