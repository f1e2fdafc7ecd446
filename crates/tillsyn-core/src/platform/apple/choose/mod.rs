//! How a device should ask for its identity, from what is known of it (SCEP and ACME sheet B1).

use tillsyn_apple::platform::OsVersion;

use crate::certificates::{DeviceIdentity, IdentityMethod, Method};

/// The method for a device. What is not known for certain gets SCEP, which every device can.
pub fn choose(product: Option<&str>, os_version: Option<&str>, setting: &DeviceIdentity) -> Method {
    if setting.method == IdentityMethod::Scep {
        return Method::Scep;
    }
    let able = product
        .zip(os_version.and_then(|v| v.parse().ok()))
        .map_or(Able::Scep, |(product, os)| able(product, os));
    match able {
        Able::Attest => Method::AcmeAttested,
        Able::HardwareBound
            if setting.method == IdentityMethod::Acme && setting.allow_unattested =>
        {
            Method::Acme
        }
        Able::HardwareBound | Able::Scep => Method::Scep,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Able {
    Scep,
    HardwareBound,
    Attest,
}

/// One family of products: from which generation its chip attests, and from which one it only keeps keys.
struct Family {
    prefix: &'static str,
    attests_from: u32,
    binds_from: u32,
    /// First OS version with the payload, and with attestation.
    acme_os: OsVersion,
    attest_os: OsVersion,
}

const fn os(major: u32, minor: u32) -> OsVersion {
    OsVersion::new(major, minor)
}

const fn family(
    prefix: &'static str,
    attests_from: u32,
    binds_from: u32,
    acme_os: OsVersion,
    attest_os: OsVersion,
) -> Family {
    Family {
        prefix,
        attests_from,
        binds_from,
        acme_os,
        attest_os,
    }
}

/// A chip of no generation yet.
const NEVER: u32 = u32::MAX;

// Apple schema mdm/profiles/com.apple.security.acme.yaml: A10X and older, watch S3 and older ignore
// `Attest`; T2 binds without attesting; hardware binding on the Mac from macOS 14.
const FAMILIES: [Family; 13] = [
    family("iPhone", 10, 0, os(16, 0), os(16, 0)),
    family("iPad", 8, 0, os(16, 0), os(16, 0)),
    family("AppleTV", 11, 0, os(16, 0), os(16, 0)),
    family("Watch", 4, 0, os(9, 0), os(10, 0)),
    family("RealityDevice", 14, 14, os(1, 0), os(1, 0)),
    family("Mac", 13, 13, os(14, 0), os(14, 0)),
    family("MacBookAir", 10, 8, os(14, 0), os(14, 0)),
    family("MacBookPro", 17, 15, os(14, 0), os(14, 0)),
    family("Macmini", 9, 8, os(14, 0), os(14, 0)),
    family("iMac", 21, 20, os(14, 0), os(14, 0)),
    family("iMacPro", NEVER, 1, os(14, 0), os(14, 0)),
    family("MacPro", NEVER, 7, os(14, 0), os(14, 0)),
    family("iPod", NEVER, 0, os(16, 0), os(16, 0)),
];

fn able(product: &str, version: OsVersion) -> Able {
    let Some(digits) = product.find(|c: char| c.is_ascii_digit()) else {
        return Able::Scep;
    };
    let (prefix, rest) = product.split_at(digits);
    let generation = rest.split(',').next().and_then(|n| n.parse::<u32>().ok());
    let family = FAMILIES.iter().find(|family| family.prefix == prefix);
    let Some((family, generation)) = family.zip(generation) else {
        return Able::Scep;
    };
    if generation >= family.attests_from && version >= family.attest_os {
        Able::Attest
    } else if generation >= family.binds_from && version >= family.acme_os {
        Able::HardwareBound
    } else {
        Able::Scep
    }
}

#[cfg(test)]
mod tests;
