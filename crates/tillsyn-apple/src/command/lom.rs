//! Lights-out management: a Mac that starts and stops others in its network.
// Apple schema mdm/commands/lom.*.yaml

use super::body::Rules;
use crate::WireError;
use crate::fields::{bare_command, command, dictionary, words};

command! {
    /// `LOMDeviceRequest`.
    pub struct LOMDeviceRequest {
        requests: Vec<LomRequest> = "RequestList",
    }
}

dictionary! {
    /// One act on one other device.
    #[derive(Eq)]
    pub struct LomRequest {
        act: LomAct = "DeviceRequestType",
        uuid: String = "DeviceRequestUUID",
        device_dns_name: String = "DeviceDNSName",
        primary_ipv6_addresses: Vec<String> = "PrimaryIPv6AddressList",
        secondary_ipv6_addresses: Vec<String> = "SecondaryIPv6AddressList",
        protocol_version: i64 = "LOMProtocolVersion",
    }
}

words! {
    pub enum LomAct {
        PowerOn = "PowerON",
        PowerOff = "PowerOFF",
        Reset = "Reset",
    }
}

bare_command! {
    /// `LOMSetupRequest`: the addresses of a device that can be controlled.
    pub struct LOMSetupRequest;
}

impl Rules for LOMDeviceRequest {
    fn check(&self) -> Result<(), WireError> {
        if self.requests.is_empty() {
            return Err(WireError::malformed("no request is named"));
        }
        Ok(())
    }
}
