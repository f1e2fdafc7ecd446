use plist::Dictionary;

use super::queries;
use crate::WireError;
use crate::fields::{Build, Read};
use crate::platform::DeviceFacts;

/// `DeviceInformation`: asks for the named facts.
// Apple schema mdm/commands/information.device.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInformation {
    pub queries: Vec<String>,
}

impl DeviceInformation {
    pub fn new(queries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            queries: queries.into_iter().map(Into::into).collect(),
        }
    }

    /// Everything that may be asked of this channel.
    pub fn for_device(facts: &DeviceFacts) -> Self {
        Self::new(queries::default_queries(facts))
    }

    pub(crate) fn write(&self, build: Build) -> Build {
        build.texts("Queries", &self.queries)
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        let queries = dict
            .texts("Queries")?
            .ok_or(WireError::Missing { key: "Queries" })?;
        Ok(Self { queries })
    }
}
