//! A command as a program writes it: `{type, …}`, read by the catalogue that also describes it.

use serde::Deserialize;
use serde_json::Value as Json;
use tillsyn_core::Error;
use tillsyn_core::commands::{Asked, Channel, Request};
use tillsyn_core::ids::DeviceId;

/// What to ask of a device; `type` is Apple's RequestType.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::api) struct Command(Json);

impl Command {
    /// The request, and the profile's bytes when it has one.
    pub(super) fn into_request(self) -> Result<Asked, Error> {
        Request::read(self.0)
    }
}

/// Reads the ids of a target set; what is no id names no device.
pub(super) fn device_ids(texts: &[String]) -> Result<Vec<DeviceId>, Error> {
    texts
        .iter()
        .map(|text| DeviceId::parse(text).ok_or_else(|| Error::not_found("device")))
        .collect()
}

/// Reads a channel; without one the device is meant.
pub(super) fn channel(text: Option<&str>) -> Result<Channel, Error> {
    text.map_or(Ok(Channel::Device), |text| {
        Channel::parse(text).ok_or_else(|| {
            Error::invalid(
                "channel",
                "channel",
                "A channel is `device`, `user:<id>` or `users`.",
            )
        })
    })
}
