//! `accessrights` is free text in the schema: each spelling and its bit of the `com.apple.mdm` payload.

use anyhow::{Result, bail};

pub(super) fn bit(spelling: &str) -> Result<u16> {
    Ok(match spelling {
        // A special case is DeviceInformation, which filters by query.
        "None" | "n/a" | "Special Case" => 0,
        "AllowInspection" => 1,
        "AllowInstallationRemoval" => 2,
        "AllowPasscodeRemovalAndLock" | "DeviceLockAndRemovePasscode" => 4,
        "AllowDeviceErase" => 8,
        "AllowQueryDeviceInformation" => 16,
        "AllowQueryNetworkInformation" => 32,
        "AllowProvisioningInspection" => 64,
        "AllowProvisioningInstallationRemoval" => 128,
        "AllowQueryApplications" | "QueryInstalledApps" => 256,
        "AllowQueryRestrictions" => 512,
        "AllowQuerySecurity" => 1024,
        "AllowSettings" => 2048,
        "AllowAppInstallation" => 4096,
        other => bail!("unknown spelling of an access right: {other:?}"),
    })
}
