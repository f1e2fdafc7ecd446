//! `/api/v1/devices/{id}/lost-mode` and `/api/v1/devices/{id}/locations`. It is turned on and off by the
//! commands `EnableLostMode` and `DisableLostMode`.

pub(super) mod locations;
pub(super) mod show;
