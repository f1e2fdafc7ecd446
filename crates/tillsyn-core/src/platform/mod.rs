//! The platforms behind one model: how enrollment, channel, command and fact look on each wire.

pub mod apple;

/// The vendor's platform behind what a device runs: what an account can be limited to.
pub fn family(platform: &str) -> &str {
    match platform {
        "android" | "windows" => platform,
        // iOS, iPadOS, macOS, tvOS, visionOS, watchOS, and what Apple names next.
        _ => "apple",
    }
}
