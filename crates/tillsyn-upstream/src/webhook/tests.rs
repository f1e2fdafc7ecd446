#![expect(clippy::expect_used, reason = "tests")]

use std::net::IpAddr;

use super::{Allowed, NoTarget, is_public};

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// S28: the table of ranges, with both ends of each, and what is just outside.
#[test]
fn only_addresses_of_the_public_internet_are_public() {
    for inside in [
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.9",
        "203.0.113.200",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        // Mapped, compatible and translated IPv4.
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::ffff:169.254.169.254",
        "::ffff:100.64.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "100::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "4000::1",
    ] {
        assert!(!is_public(ip(inside)), "{inside}");
    }
    for outside in [
        "1.0.0.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2001:200::1",
        "2606:4700::1111",
        "2a00::1",
    ] {
        assert!(is_public(ip(outside)), "{outside}");
    }
}

#[test]
fn the_configuration_opens_networks_and_names_and_nothing_else() {
    let entries = [
        "10.20.0.0/16",
        "fd00:1::/32",
        "192.168.7.7",
        "Hooks.internal",
    ];
    let allowed = Allowed::parse(&entries).expect("entries");
    for open in [
        "10.20.0.1",
        "10.20.255.255",
        "fd00:1::9",
        "192.168.7.7",
        "::ffff:10.20.3.4",
    ] {
        assert!(allowed.permits("a.example", ip(open)), "{open}");
    }
    for shut in ["10.21.0.1", "fd00:2::9", "192.168.7.8", "127.0.0.1"] {
        assert!(!allowed.permits("a.example", ip(shut)), "{shut}");
    }
    assert!(allowed.permits("hooks.internal", ip("127.0.0.1")));
    assert!(!allowed.permits("x.hooks.internal", ip("127.0.0.1")));
    let all = Allowed::parse(&["0.0.0.0/0"]).expect("entries");
    assert!(all.permits("a.example", ip("127.0.0.1")));
    assert!(
        !all.permits("a.example", ip("::1")),
        "not of the other kind"
    );
    for wrong in [
        "10.0.0.0/33",
        "10.0.0.0/x",
        "a b",
        "300.1.1.1",
        "",
        "a.example/8",
    ] {
        assert_eq!(Allowed::parse(&[wrong]), Err(wrong.to_owned()), "{wrong}");
    }
}

/// Every way to write an address in a URL is the same address.
#[test]
fn a_url_names_https_and_no_private_address() {
    let none = Allowed::default();
    for form in [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "https://",
        "https://user@hooks.example.org/",
        "https://user:password@hooks.example.org/",
        "https://hooks.example.org/#x",
        "hooks.example.org",
        "file:///etc/passwd",
        "",
    ] {
        assert_eq!(none.check_url(form), Err(NoTarget::Form), "{form}");
    }
    for private in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://10.0.0.8:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]:9000/",
        "https://0/",
    ] {
        assert_eq!(none.check_url(private), Err(NoTarget::Private), "{private}");
    }
    for fine in [
        "https://hooks.example.org/a?b=c",
        "https://8.8.8.8:8443/",
        "https://[2a00::1]/",
    ] {
        assert_eq!(none.check_url(fine), Ok(()), "{fine}");
    }
}
