use super::*;

fn with(method: IdentityMethod, allow_unattested: bool) -> DeviceIdentity {
    DeviceIdentity {
        method,
        allow_unattested,
        ..DeviceIdentity::default()
    }
}

fn method(product: &str, os: &str, setting: &DeviceIdentity) -> &'static str {
    choose(Some(product), Some(os), setting).as_str()
}

#[test]
fn a_device_that_attests_is_asked_to() {
    let setting = with(IdentityMethod::AcmeAttestedWhenAble, false);
    for (product, os) in [
        ("iPhone14,5", "17.4.1"),
        ("iPhone10,3", "16.0"),
        ("iPad8,1", "16.7"),
        ("AppleTV11,1", "17.0"),
        ("Watch6,1", "10.0"),
        ("RealityDevice14,1", "1.0"),
        ("Mac14,7", "14.0"),
        ("MacBookPro18,1", "14.5"),
        ("iMac21,1", "15.0"),
    ] {
        assert_eq!(method(product, os, &setting), "acme_attested", "{product}");
    }
}

#[test]
fn older_chips_and_systems_get_scep() {
    let setting = with(IdentityMethod::AcmeAttestedWhenAble, true);
    for (product, os) in [
        ("iPhone14,5", "15.7"),
        ("iPhone9,3", "16.2"),
        ("iPad7,3", "17.0"),
        ("AppleTV6,2", "17.0"),
        ("Watch3,2", "10.0"),
        ("MacBookPro16,1", "14.4"),
        ("MacBookPro18,1", "13.6"),
        ("iMac19,1", "14.0"),
    ] {
        assert_eq!(method(product, os, &setting), "scep", "{product}");
    }
}

#[test]
fn an_unattested_key_needs_the_method_and_the_permission() {
    let t2 = ("MacBookPro16,1", "14.4");
    let of = |method_of, allow| method(t2.0, t2.1, &with(method_of, allow));
    assert_eq!(of(IdentityMethod::Acme, true), "acme");
    assert_eq!(of(IdentityMethod::Acme, false), "scep");
    assert_eq!(of(IdentityMethod::Scep, true), "scep");
    // Older than T2.
    let setting = with(IdentityMethod::Acme, true);
    assert_eq!(method("MacBookPro14,1", "14.4", &setting), "scep");
}

#[test]
fn what_is_not_known_gets_scep() {
    let setting = with(IdentityMethod::Acme, true);
    assert_eq!(choose(None, Some("17.0"), &setting), Method::Scep);
    assert_eq!(choose(Some("iPhone14,5"), None, &setting), Method::Scep);
    for product in ["", "iPhone", "VirtualMac2,1", "Mac,1", "iPhone14x,1", "5,1"] {
        assert_eq!(method(product, "18.0", &setting), "scep", "{product}");
    }
}
