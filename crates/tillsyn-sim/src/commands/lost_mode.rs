//! A lost iPhone or iPad: locked with a message, and only then willing to say where it is.

use plist::Dictionary;

use super::answer::Answer;
use crate::clock;
use crate::device::{Device, LostMode};
use crate::plists::{dict, text};

const NOT_LOST: i64 = 12_067;

impl Device {
    // Apple schema mdm/commands/device.lostmode.enable.yaml
    pub(super) fn enable_lost_mode(&mut self, request: &Dictionary) -> Answer {
        let part = |key| text(request, key).map(str::to_owned);
        let lost = LostMode {
            message: part("Message"),
            phone_number: part("PhoneNumber"),
            footnote: part("Footnote"),
        };
        if lost.message.is_none() && lost.phone_number.is_none() {
            return Answer::mdm_error(12_066, "A message or a phone number is required.");
        }
        self.memory.lost_mode = Some(lost);
        self.screen_locked = true;
        Answer::done()
    }

    // Apple schema mdm/commands/device.lostmode.disable.yaml
    pub(super) fn disable_lost_mode(&mut self) -> Answer {
        match self.memory.lost_mode.take() {
            Some(_) => Answer::done(),
            None => not_lost(),
        }
    }

    // Apple schema mdm/commands/device.lostmode.playsound.yaml
    pub(super) fn play_lost_mode_sound(&self) -> Answer {
        match self.memory.lost_mode {
            Some(_) => Answer::done(),
            None => not_lost(),
        }
    }

    /// A place in the sea between Sweden and Åland, the same each time but for its last digits.
    // Apple schema mdm/commands/device.lostmode.location.yaml
    pub(super) fn device_location(&mut self) -> Answer {
        if self.memory.lost_mode.is_none() {
            return not_lost();
        }
        let share = |n: u64| f64::from(u32::try_from(n).unwrap_or(0)) / 100_000.0;
        let (north, east) = (self.lasting("north", 20_000), self.lasting("east", 40_000));
        let (north, east) = (north + self.rng.below(30), east + self.rng.below(30));
        Answer::acknowledged(dict([
            ("Latitude", (59.9 + share(north)).into()),
            ("Longitude", (19.1 + share(east)).into()),
            ("HorizontalAccuracy", 12.5.into()),
            ("VerticalAccuracy", 8.0.into()),
            ("Altitude", 3.2.into()),
            // Unknown: a device at rest has neither.
            ("Speed", (-1.0).into()),
            ("Course", (-1.0).into()),
            ("Timestamp", clock::text(self.now_ms()).into()),
        ]))
    }
}

fn not_lost() -> Answer {
    Answer::mdm_error(NOT_LOST, "The device is not in lost mode.")
}
