#![expect(clippy::expect_used, reason = "tests")]

use super::*;
use crate::i18n::Lang;

const WIFI: &str = "com.apple.wifi.managed";
const METHODS: &str = "EAPClientConfiguration.AcceptEAPTypes";

fn l(lang: Lang) -> Texts {
    Texts::new(lang)
}

#[test]
fn a_key_has_label_help_and_values_in_each_language() {
    assert_eq!(
        Lang::ALL.map(|lang| key_label(l(lang), WIFI, "SSID_STR").expect("label")),
        ["Network name", "Nätverksnamn", "ネットワーク名"]
    );
    let help = key_help(l(Lang::Sv), WIFI, "AutoJoin").expect("help");
    assert!(help.starts_with("Av betyder"), "{help}");
    assert_eq!(
        value_label(l(Lang::En), WIFI, METHODS, "25").as_deref(),
        Some("PEAP, user name and password")
    );
    assert_eq!(value_label(l(Lang::En), WIFI, METHODS, "26"), None);
    for always in ["2", "2.0"] {
        let label = value_label(
            l(Lang::En),
            "com.apple.applicationaccess",
            "safariAcceptCookies",
            always,
        );
        assert_eq!(label.as_deref(), Some("Always"));
    }
}

#[test]
fn what_has_no_words_is_left_to_the_vendors_name() {
    assert_eq!(payload_title(l(Lang::En), "com.example.own"), None);
    assert_eq!(key_label(l(Lang::En), WIFI, "Unheard"), None);
    assert_eq!(payload_icon("com.example.own"), "profile");
    assert!(!is_common(WIFI, "Unheard"));
}

#[test]
fn indexes_of_arrays_and_depth_do_not_matter() {
    for path in [
        "IKEv2.OnDemandRules.Action",
        "IKEv2.OnDemandRules.0.Action",
        "VPN.OnDemandRules[3].Action",
        "VPN.OnDemandRules[].Action",
    ] {
        let label = key_label(l(Lang::En), "com.apple.vpn.managed", path);
        assert_eq!(label.as_deref(), Some("Do"), "{path}");
    }
    // The end of a name is not the end of a path.
    assert_eq!(
        key_label(l(Lang::En), "com.apple.vpn.managed", "MyRemoteAddress"),
        None
    );
}

#[test]
fn variants_share_words_and_have_their_own() {
    let title = |name| payload_title(l(Lang::En), name).expect("title");
    assert_eq!(title("com.apple.MCX(FileVault2)"), "FileVault options");
    assert_eq!(title("com.apple.MCX"), "Managed Mac settings");
    assert_eq!(title("com.apple.extensiblesso"), "Single sign-on extension");
    assert_eq!(
        title("com.apple.MCX(Unheard)"),
        "Managed Mac settings",
        "a variant without words has those of its type"
    );
    let shared = key_label(l(Lang::En), "com.apple.eas.account", "SMIMESigningEnabled");
    assert_eq!(shared.as_deref(), Some("Sign messages"));
}

#[test]
fn every_payload_has_the_common_keys_but_the_profile_has_its_own() {
    let name = |payload| key_label(l(Lang::En), payload, "PayloadDisplayName").expect("label");
    assert_eq!(name(WIFI), "Name of the payload");
    assert_eq!(name("com.example.own"), "Name of the payload");
    assert_eq!(name("TopLevel"), "Name");
}

#[test]
fn keys_are_arranged_in_our_order_and_the_rest_after_them() {
    let arranged = arrange(
        l(Lang::En),
        WIFI,
        &[
            "Unheard",
            "ProxyType",
            "EAPClientConfiguration.Unheard",
            METHODS,
            "HIDDEN_NETWORK",
            "SSID_STR",
            "PayloadDisplayName",
        ],
    );
    let titles: Vec<_> = arranged
        .iter()
        .map(|section| section.title.as_deref())
        .collect();
    assert_eq!(
        titles,
        [
            Some("Network"),
            Some("Sign-in to the network (EAP)"),
            Some("Proxy"),
            Some("About this payload"),
            None
        ]
    );
    let keys: Vec<_> = arranged.into_iter().map(|section| section.keys).collect();
    assert_eq!(keys[0], ["SSID_STR", "HIDDEN_NETWORK"]);
    assert_eq!(keys[1], ["EAPClientConfiguration.Unheard", METHODS]);
    assert_eq!(keys[4], ["Unheard"]);
}

#[test]
fn a_fault_in_the_files_is_found() {
    for (source, fault) in [
        ("= a | b | c", "no block begun"),
        ("[x]\n= a | b", "not in exactly three languages"),
        ("[x]\n= a | b | c | d", "not in exactly three languages"),
        ("[x]\n* k | a | | c", "empty in a language"),
        (
            "[x]\n* k | a | b | c\n- k | a | b | c",
            "the key is there twice",
        ),
        ("[x]\n  help | b | c", "help without a key"),
        ("[x]\n= a | b | c\n= a | b | c", "it is there twice"),
        ("[x]\n? a", "not understood"),
    ] {
        let (_, faults) = parse::parse(source);
        assert_eq!(faults.len(), 1, "{source}");
        assert!(faults[0].contains(fault), "{faults:?}");
    }
    for file in FILES {
        assert_eq!(parse::parse(file).1, Vec::<String>::new());
    }
}
