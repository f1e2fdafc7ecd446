//! Commands that an administrator wrote as a property list: whatever is sent to a device is
//! classified as what it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_apple::command::raw::RawCommand;

fuzz_target!(|bytes: &[u8]| {
    let Ok(raw) = RawCommand::parse(bytes) else {
        return;
    };
    let sent = RawCommand::parse(&raw.to_plist());
    let sent = sent.as_ref().map(|raw| (raw.request_type(), raw.kind()));
    assert_eq!(sent.ok(), Some((raw.request_type(), raw.kind())));
    let _ = (raw.removes_profile(), raw.installs_profile());
    let _ = (raw.settings_items(), raw.typed(), raw.problem());
});
