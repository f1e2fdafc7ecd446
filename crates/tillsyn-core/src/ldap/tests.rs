#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_upstream::ldap::{Attribute, Entry, Filter, Product, RootDse};

use super::LdapInput;
use super::change::{DeltaState, reached, since};
use super::input::checked;
use super::mapping::{Mapping, Members};
use super::settings::LdapSettings;
use crate::directory::MemberKey;

fn entry(dn: &str, attributes: &[(&str, &[&str])]) -> Entry {
    let attributes = attributes.iter().map(|(name, values)| Attribute {
        name: (*name).to_owned(),
        values: values.iter().map(|v| v.as_bytes().to_vec()).collect(),
    });
    Entry {
        dn: dn.to_owned(),
        attributes: attributes.collect(),
    }
}

fn root(product: Product, server: &str, usn: i64) -> RootDse {
    RootDse {
        product,
        naming_contexts: Vec::new(),
        default_context: None,
        has_paging: true,
        has_policy: true,
        server: Some(server.to_owned()),
        highest_usn: Some(usn),
    }
}

#[test]
fn numbers_of_changes_count_for_the_server_that_gave_them_alone() {
    let ad = Product::ActiveDirectory;
    let state = reached(&root(ad, "dc1", 100), "ldaps://a", None, None).unwrap();
    let filter = since(Some(&state), &root(ad, "dc1", 150), "ldaps://a").unwrap();
    assert_eq!(
        filter,
        Filter::AtLeast("uSNChanged".to_owned(), b"101".to_vec())
    );
    // Another server, a server that was restored, nothing known: everything is read.
    assert_eq!(
        since(Some(&state), &root(ad, "dc2", 150), "ldaps://a"),
        None
    );
    assert_eq!(since(Some(&state), &root(ad, "dc1", 99), "ldaps://a"), None);
    assert_eq!(since(None, &root(ad, "dc1", 150), "ldaps://a"), None);
}

#[test]
fn times_of_changes_overlap_and_come_from_the_server() {
    let open = root(Product::OpenLdap, "x", 0);
    let state = reached(&open, "ldaps://a", None, Some(1_767_225_602_000)).unwrap();
    let filter = since(Some(&state), &open, "ldaps://a").unwrap();
    let wanted = Filter::AtLeast("modifyTimestamp".to_owned(), b"20260101000000Z".to_vec());
    assert_eq!(filter, wanted);
    assert_eq!(since(Some(&state), &open, "ldaps://b"), None);
    // A run that saw nothing new keeps what is known; one that never saw anything knows nothing.
    let kept = reached(&open, "ldaps://a", Some(&state), None);
    assert_eq!(kept, Some(state));
    assert_eq!(reached(&open, "ldaps://a", None, None), None::<DeltaState>);
}

#[test]
fn disabled_and_expired_people_of_active_directory_are_not_active() {
    let settings = LdapSettings::default();
    let mapping = Mapping::of(Product::ActiveDirectory, &settings);
    let active = |attributes: &[(&str, &[&str])]| {
        mapping
            .state(&entry("cn=a", attributes), 1_767_225_600_000)
            .0
    };
    assert!(active(&[
        ("userAccountControl", &["512"]),
        ("accountExpires", &["0"])
    ]));
    assert!(!active(&[("userAccountControl", &["514"])]));
    assert!(active(&[("accountExpires", &["9223372036854775807"])]));
    assert!(!active(&[("accountExpires", &["134116992000000000"])]));
    assert!(active(&[("accountExpires", &["134116992000010000"])]));
}

#[test]
fn what_the_server_does_not_say_is_not_said() {
    let settings = LdapSettings::default();
    let mapping = Mapping::of(Product::OpenLdap, &settings);
    let person = mapping
        .person(
            &entry(
                "uid=a",
                &[("entryUUID", &["K"]), ("cn", &["Åsa"]), ("uid", &["a"])],
            ),
            0,
        )
        .unwrap();
    assert_eq!(person.key, "k");
    assert_eq!(person.fields.keys().collect::<Vec<_>>(), ["name"]);
    assert!(
        mapping
            .person(&entry("uid=a", &[("cn", &["Åsa"])]), 0)
            .is_none()
    );
    let hidden = LdapSettings {
        attributes: [("name".to_owned(), String::new())].into(),
        ..LdapSettings::default()
    };
    let mapping = Mapping::of(Product::OpenLdap, &hidden);
    assert!(!mapping.user_attributes().contains(&String::new()));
    let person = mapping.person(
        &entry("uid=a", &[("entryUUID", &["K"]), ("cn", &["Åsa"])]),
        0,
    );
    assert!(person.unwrap().fields.is_empty());
}

#[test]
fn chain_rule_of_active_directory_is_never_sent() {
    let settings = LdapSettings::default();
    for product in [Product::ActiveDirectory, Product::OpenLdap, Product::Other] {
        let mapping = Mapping::of(product, &settings);
        for filter in [
            mapping.user_filter(),
            mapping.group_filter(),
            mapping.login_filter("a"),
        ] {
            assert!(!format!("{:?}", filter.unwrap()).contains("1941"));
        }
    }
}

#[test]
fn members_are_found_by_name_login_and_primary_group() {
    let settings = LdapSettings::default();
    let mapping = Mapping::of(Product::OpenLdap, &settings);
    let mut members = Members::default();
    members.person("uid=A, dc=x", "ka", Some("a"), Some(513));
    members.person("uid=b,dc=x", "kb", Some("B"), None);
    members.group("cn=g,dc=x", "kg");
    let raw = mapping
        .group(&entry(
            "cn=g,dc=x",
            &[
                ("entryUUID", &["kg"]),
                ("cn", &["G"]),
                ("member", &["UID=a,DC=x", "cn=g,dc=x", "uid=gone,dc=x"]),
                ("memberUid", &["b", "nobody"]),
            ],
        ))
        .unwrap();
    let group = members.resolve(raw);
    let person = |key: &str| MemberKey::Person(key.to_owned());
    assert_eq!(
        group.members.unwrap(),
        [
            person("ka"),
            person("kb"),
            MemberKey::Group("kg".to_owned())
        ]
    );
    assert_eq!(group.unresolved, 2);
    // A class that always has members and shows none may not be read.
    let hidden = [
        ("entryUUID", &["kg"][..]),
        ("cn", &["G"]),
        ("objectClass", &["groupOfNames"]),
    ];
    let raw = mapping.group(&entry("cn=g,dc=x", &hidden)).unwrap();
    assert_eq!(members.resolve(raw).members, None);
}

#[test]
fn settings_that_would_send_a_password_in_the_clear_are_refused() {
    let good = || LdapSettings {
        servers: vec!["ldaps://dc1.norrvik.example".to_owned()],
        bind_dn: "cn=service".to_owned(),
        user_base: "dc=x".to_owned(),
        ..LdapSettings::default()
    };
    let check = |settings: LdapSettings, password: Option<&str>| {
        let password = password.map(|p| zeroize::Zeroizing::new(p.to_owned()));
        checked(LdapInput { settings, password }).map_err(|error| error.code)
    };
    check(good(), Some("x")).unwrap();
    let with = |change: fn(&mut LdapSettings)| {
        let mut settings = good();
        change(&mut settings);
        check(settings, None).unwrap_err()
    };
    assert_eq!(
        with(|s| s.servers = vec!["http://a".to_owned()]),
        "ldap_server"
    );
    assert_eq!(with(|s| s.servers = Vec::new()), "ldap_servers");
    assert_eq!(with(|s| s.ca_pem = Some("x".to_owned())), "ldap_ca");
    assert_eq!(
        with(|s| s.user_filter = Some("(uid={login})".to_owned())),
        "ldap_filter"
    );
    assert_eq!(
        with(|s| s.login_filter = Some("(uid=a)".to_owned())),
        "ldap_login_place"
    );
    assert_eq!(
        with(|s| {
            s.attributes.insert("key".to_owned(), "mail".to_owned());
        }),
        "ldap_attributes"
    );
    assert_eq!(check(good(), Some("")).unwrap_err(), "ldap_password");
}
