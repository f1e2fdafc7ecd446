//! What the person with the device does.

use super::{Device, DeviceState};
use crate::SimError;

impl Device {
    /// The screen locks; iPhones and iPads then defer what needs the keychain.
    pub fn lock_screen(&mut self) {
        self.screen_locked = true;
    }

    /// The screen is unlocked. Poll afterwards if [`Device::polls_by_itself`].
    pub fn unlock_screen(&mut self) {
        self.screen_locked = false;
    }

    pub fn is_screen_locked(&self) -> bool {
        self.screen_locked
    }

    /// A Mac with a closed lid that wakes for the network only.
    pub fn set_power_nap(&mut self, asleep: bool) {
        self.power_nap = asleep;
    }

    /// Types the PIN of `DeviceLock` on a Mac; true when it was the right one.
    pub fn unlock_with_pin(&mut self, pin: &str) -> bool {
        let right = self.lock_pin.as_deref() == Some(pin);
        if right {
            self.lock_pin = None;
            self.set_state(DeviceState::Enrolled);
        }
        right
    }

    /// Somebody presses the button of a device that is off.
    pub fn turn_on(&mut self) {
        if self.state == DeviceState::Off {
            self.set_state(DeviceState::Enrolled);
        }
    }

    /// The person removes the management profile by hand.
    pub async fn person_removes_profile(&mut self) -> Result<(), SimError> {
        if self.enrollment.is_none() {
            return Err(SimError::state("the device is not managed"));
        }
        if self.state == DeviceState::PinLocked {
            return Err(SimError::state("the device asks for its PIN"));
        }
        self.check_out().await?;
        self.forget_enrollment();
        Ok(())
    }

    /// The person removes a configuration profile by hand, on whatever channel it is. The server hears
    /// nothing of it.
    pub fn person_removes_configuration(&mut self, identifier: &str) -> Result<(), SimError> {
        let found = self
            .installed_profiles()
            .find(|profile| profile.identifier == identifier)
            .ok_or_else(|| SimError::state("the device has no such profile"))?;
        if found.removal_disallowed {
            return Err(SimError::state("the profile may not be removed by hand"));
        }
        for profiles in self.profiles.values_mut() {
            profiles.retain(|profile| profile.identifier != identifier);
        }
        Ok(())
    }

    /// The person erases the device by hand: the server hears nothing of it.
    pub fn person_erases_device(&mut self) {
        self.erase();
    }
}
