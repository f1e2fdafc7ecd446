//! Mirroring and lights-out management.
// Apple schema mdm/commands/mirroring.request.yaml, lom.*.yaml

use crate::fields::{answer, dictionary, open_words};

answer! {
    #[derive(Eq)]
    pub struct RequestMirroringResult {
        result: Option<MirroringResult> = "MirroringResult",
    }
}

open_words! {
    pub enum MirroringResult {
        Prompting = "Prompting",
        DestinationNotFound = "DestinationNotFound",
        Cancelled = "Cancelled",
        Unknown = "Unknown",
    }
}

answer! {
    #[derive(Eq)]
    pub struct LOMDeviceRequestResult {
        responses: Option<Vec<LomResponse>> = "ResponseList",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct LomResponse {
        success: Option<bool> = "DeviceRequestSuccess",
        uuid: Option<String> = "DeviceRequestUUID",
        error: Option<String> = "DeviceRequestReturnError",
    }
}

answer! {
    #[derive(Eq)]
    pub struct LOMSetupRequestResult {
        primary_ipv6_addresses: Option<Vec<String>> = "PrimaryIPv6AddressList",
        secondary_ipv6_addresses: Option<Vec<String>> = "SecondaryIPv6AddressList",
        protocol_version: Option<i64> = "LOMProtocolVersion",
    }
}
