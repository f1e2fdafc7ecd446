#![expect(clippy::expect_used, reason = "tests")]

use tillsyn_apple::profile::catalogue::{self, Key, Kind, Payload};

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

/// Every path of a payload as our words name it, with the values that it may have: items of arrays have no
/// step of their own.
fn paths(payload: &'static Payload) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for key in payload.keys() {
        collect(key, key.name, 0, &mut found);
    }
    found
}

fn collect(key: &'static Key, path: &str, depth: usize, found: &mut BTreeMap<String, Vec<String>>) {
    let values = key.allowed.iter().map(ToString::to_string);
    found.entry(path.to_owned()).or_default().extend(values);
    if depth == 8 {
        return;
    }
    for child in key.children() {
        let path = match key.kind {
            Kind::Array => path.to_owned(),
            _ => format!("{path}.{}", child.name),
        };
        collect(child, &path, depth + 1, found);
    }
}

/// The payloads that a block of our words is about.
fn payloads_of(name: &str) -> Vec<&'static Payload> {
    match name.split_once('(') {
        None if name == "TopLevel" => catalogue::top_level().into_iter().collect(),
        None if name == COMMON_KEYS => catalogue::common().into_iter().collect(),
        None => catalogue::variants(name),
        Some((kind, variant)) => catalogue::variants(kind)
            .into_iter()
            .filter(|payload| Some(payload.variant) == variant.strip_suffix(')'))
            .collect(),
    }
}

#[test]
fn our_words_name_only_what_the_schema_has() {
    let mut strays = Vec::new();
    for block in BLOCKS.values().filter(|b| !b.name.starts_with("shared.")) {
        let known: BTreeMap<String, Vec<String>> = payloads_of(block.name)
            .into_iter()
            .flat_map(paths)
            .collect();
        if known.is_empty() {
            strays.push(format!("[{}]", block.name));
        }
        for key in &block.keys {
            let values: Vec<_> = known
                .iter()
                .filter(|(path, _)| position_of(key, path))
                .map(|(_, values)| values)
                .collect();
            if values.is_empty() {
                strays.push(format!("[{}] {}", block.name, key.path));
            }
            for (value, _) in &key.values {
                if !values.iter().any(|all| all.iter().any(|v| same(v, value))) {
                    strays.push(format!("[{}] {} = {value}", block.name, key.path));
                }
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn every_payload_of_the_schema_has_a_title_and_the_most_used_have_words_for_all_keys() {
    let mut missing = Vec::new();
    for payload in catalogue::payloads() {
        let name = match payload.variant {
            "" => payload.kind.to_owned(),
            variant => format!("{}({variant})", payload.kind),
        };
        let Some(block) = BLOCKS.get(name.as_str()) else {
            missing.push(name);
            continue;
        };
        if block.keys.is_empty() && block.bases.is_empty() {
            continue;
        }
        for path in paths(payload).into_keys().filter(|p| !p.ends_with("ANY")) {
            if key_label(l(Lang::En), &name, &path).is_none() {
                missing.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn position_of(key: &parse::Key<'_>, path: &str) -> bool {
    match key.path.strip_prefix('~') {
        None => key.path == path,
        Some(end) => path == end || path.ends_with(&format!(".{end}")),
    }
}
