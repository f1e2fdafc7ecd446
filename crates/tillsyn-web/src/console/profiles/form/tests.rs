#![expect(clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};
use tillsyn_apple::profile::catalogue;
use tillsyn_core::profiles::{Edit, Step};

use super::build::Form;
use super::*;
use crate::i18n::Texts;
use crate::ui::Choice;

const WIFI: &str = "com.apple.wifi.managed";

fn form_of(kind: &str, values: &Map<String, Json>, secrets: &[&str], all: bool) -> Form {
    let certificates = [Choice {
        value: "ABC".to_owned(),
        text: "Client certificate".to_owned(),
        chosen: false,
    }];
    build(&Subject {
        l: Texts::default(),
        kind,
        variant: "",
        values,
        stored: values,
        secrets: &secrets
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<BTreeSet<_>>(),
        certificates: &certificates,
        all,
        locked: false,
    })
}

fn map(value: &Json) -> Map<String, Json> {
    value.as_object().cloned().expect("an object")
}

fn names(form: &Form) -> Vec<String> {
    form.sections
        .iter()
        .flat_map(|section| &section.fields)
        .map(|field| field.key.clone())
        .collect()
}

/// What a browser sends back when nobody touched anything, with changes.
#[derive(Default)]
struct Sent(BTreeMap<String, Vec<String>>, BTreeMap<String, Vec<u8>>);

impl Sent {
    fn of(form: &Form) -> Self {
        let mut sent = Self::default();
        for field in form.sections.iter().flat_map(|section| &section.fields) {
            field.each(&mut |field: &Field| sent.take(field));
        }
        sent
    }

    fn take(&mut self, field: &Field) {
        let name = field.name.clone();
        match &field.control {
            // As browsers do with line ends.
            Control::Text { value, .. } | Control::Data { value, .. } | Control::Lines(value) => {
                self.0.insert(name, vec![value.replace('\n', "\r\n")]);
            }
            Control::Switch { on } => {
                self.0.insert(format!("shown.{name}"), vec!["1".to_owned()]);
                if *on {
                    self.0.insert(name, vec!["true".to_owned()]);
                }
            }
            Control::Choice(choices) => {
                let chosen = choices.iter().find(|choice| choice.chosen);
                let value = chosen
                    .map(|choice| choice.value.clone())
                    .unwrap_or_default();
                self.0.insert(name, vec![value]);
            }
            Control::Many(choices) => {
                self.0.insert(format!("shown.{name}"), vec!["1".to_owned()]);
                let chosen = choices.iter().filter(|choice| choice.chosen);
                let values: Vec<String> = chosen.map(|choice| choice.value.clone()).collect();
                if !values.is_empty() {
                    self.0.insert(name, values);
                }
            }
            Control::Secret { .. } => {
                self.0.insert(name, vec![String::new()]);
            }
            _ => {}
        }
    }

    fn with(mut self, path: &str, value: &str) -> Self {
        self.0.insert(format!("v/{path}"), vec![value.to_owned()]);
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.0.remove(&format!("v/{path}"));
        self
    }
}

impl Typed for Sent {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(|values| values.first()).cloned()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.1.get(name).cloned()
    }
}

fn edits(values: &Map<String, Json>, form: &Form, sent: &Sent) -> Vec<Edit> {
    let reading = read(Texts::default(), Some(0), values, &form.sections, sent);
    assert!(reading.wrong.is_empty(), "{:?}", reading.wrong);
    reading.edits
}

fn after(values: &Map<String, Json>, edits: &[Edit]) -> Json {
    Json::Object(overlay(values.clone(), edits))
}

#[test]
fn every_payload_type_has_a_form_that_changes_nothing_by_itself() {
    let mut types = catalogue::payload_types();
    types.push("TopLevel");
    types.push("com.example.unheard");
    for kind in types {
        let values = map(&json!({ "PayloadType": kind, "PayloadVersion": 1 }));
        let form = form_of(kind, &values, &[], true);
        let sent = Sent::of(&form);
        let found = edits(&values, &form, &sent);
        // A switch that the device cannot do without says what it shows.
        let silent = found.iter().all(|edit| {
            matches!(
                edit,
                Edit::Set {
                    value: Json::Bool(_),
                    ..
                }
            )
        });
        assert!(silent, "{kind}: {found:?}");
        let mut ids = BTreeSet::new();
        for field in form.sections.iter().flat_map(|section| &section.fields) {
            field.each(&mut |field: &Field| {
                assert!(ids.insert(field.id.clone()), "{kind}: {}", field.id);
            });
            assert!(!field.html().as_str().is_empty(), "{kind}: {}", field.key);
        }
    }
}

#[test]
fn wifi_shows_its_usual_keys_in_our_sections_and_all_when_asked() {
    let values = map(&json!({ "PayloadType": WIFI, "SSID_STR": "eduroam" }));
    let few = form_of(WIFI, &values, &[], false);
    let all = form_of(WIFI, &values, &[], true);
    assert_eq!(few.sections[0].title, "Network");
    assert_eq!(few.sections[0].fields[0].label, "Network name");
    assert!(names(&few).len() < names(&all).len());
    assert!(names(&all).contains(&"EAPClientConfiguration.TLSMinimumVersion".to_owned()));
    assert_eq!(few.keys, all.keys);
}

#[test]
fn what_is_typed_becomes_edits_of_the_right_types() {
    let values = map(&json!({
        "PayloadType": WIFI, "SSID_STR": "eduroam", "AutoJoin": true,
        "EAPClientConfiguration": { "AcceptEAPTypes": [13], "TLSTrustedServerNames": ["a.example"] },
    }));
    let form = form_of(WIFI, &values, &[], true);
    let sent = Sent::of(&form)
        .with("SSID_STR", "campus")
        .without("AutoJoin")
        .with(
            "EAPClientConfiguration/TLSTrustedServerNames",
            "a.example\r\n\r\nb.example ",
        )
        .with("EAPClientConfiguration/TLSMinimumVersion", "1.2");
    let found = after(&values, &edits(&values, &form, &sent));
    assert_eq!(found["SSID_STR"], "campus");
    assert_eq!(found["AutoJoin"], false);
    let eap = &found["EAPClientConfiguration"];
    assert_eq!(
        eap["TLSTrustedServerNames"],
        json!(["a.example", "b.example"])
    );
    assert_eq!(eap["TLSMinimumVersion"], "1.2");
    assert_eq!(eap["AcceptEAPTypes"], json!([13]), "numbers stay numbers");
}

#[test]
fn an_emptied_field_is_left_out_with_the_dictionary_that_it_leaves_empty() {
    let values = map(&json!({
        "PayloadType": WIFI, "EAPClientConfiguration": { "OuterIdentity": "anonymous" },
    }));
    let form = form_of(WIFI, &values, &[], true);
    let sent = Sent::of(&form).with("EAPClientConfiguration/OuterIdentity", "");
    let found = after(&values, &edits(&values, &form, &sent));
    assert_eq!(found, json!({ "PayloadType": WIFI }));
}

#[test]
fn a_secret_is_never_on_the_page_and_stays_when_nothing_is_typed() {
    let values = map(&json!({ "PayloadType": WIFI, "Password": "••••••••" }));
    let form = form_of(WIFI, &values, &["Password"], true);
    let field = form
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .find(|field| field.key == "Password")
        .expect("the password");
    assert!(matches!(field.control, Control::Secret { set: true, .. }));
    assert!(!field.html().as_str().contains("••"));
    let sent = Sent::of(&form);
    assert_eq!(edits(&values, &form, &sent), Vec::new());
    let sent = Sent::of(&form).with("Password", "new one");
    let found = edits(&values, &form, &sent);
    assert_eq!(after(&values, &found)["Password"], "new one");
}

#[test]
fn only_what_was_changed_in_a_form_counts_against_another_draft() {
    let before = map(&json!({
        "PayloadType": WIFI, "SSID_STR": "eduroam", "AutoJoin": true,
        "EAPClientConfiguration": { "AcceptEAPTypes": [13, 25], "TLSTrustedServerNames": ["a", "b"] },
    }));
    let now = map(&json!({
        "PayloadType": WIFI, "SSID_STR": "theirs", "AutoJoin": false,
        "EAPClientConfiguration": { "AcceptEAPTypes": [21] },
    }));
    let shown = Shown::of(&form_of(WIFI, &before, &[], true).sections, "Why");
    let shown = Shown::parse(&shown.text()).expect("what was shown");
    let form = form_of(WIFI, &now, &[], true);
    let sent = Sent::of(&form_of(WIFI, &before, &[], true));
    let untouched = Touched::new(Some(&shown), &sent, &form.sections);
    let reading = read(Texts::default(), Some(0), &now, &form.sections, &untouched);
    assert_eq!(reading.edits, Vec::new());
    let sent = sent.with("EncryptionType", "WPA3");
    let touched = Touched::new(Some(&shown), &sent, &form.sections);
    let reading = read(Texts::default(), Some(0), &now, &form.sections, &touched);
    assert_eq!(reading.edits.len(), 1, "{:?}", reading.edits);
    // Without a place: told by name and text.
    let stranded = touched.stranded(sent.0.keys().cloned(), &[]);
    assert_eq!(stranded.len(), 1, "{stranded:?}");
    assert_eq!(stranded[0].typed.as_deref(), Some("WPA3"));
}

#[test]
fn what_was_emptied_and_not_saved_keeps_its_field() {
    let built = |kind: &str, values: &Map<String, Json>, stored: &Map<String, Json>| {
        build(&Subject {
            l: Texts::default(),
            kind,
            variant: "",
            values,
            stored,
            secrets: &BTreeSet::new(),
            certificates: &[],
            all: false,
            locked: false,
        })
    };
    let rare = "DisplayedOperatorName";
    let emptied = map(&json!({ "PayloadType": WIFI, "SSID_STR": "eduroam" }));
    let stored = map(&json!({ "PayloadType": WIFI, "SSID_STR": "eduroam", (rare): "Old" }));
    let shows = |form: &Form| names(form).iter().any(|name| name == rare);
    assert!(!shows(&built(WIFI, &emptied, &emptied)), "a rare key");
    assert!(shows(&built(WIFI, &emptied, &stored)));

    // A name and its value in a payload that we know nothing about.
    let kind = "com.example.unheard";
    let emptied = map(&json!({ "PayloadType": kind }));
    let stored = map(&json!({ "PayloadType": kind, "Colour": "red" }));
    let form = built(kind, &emptied, &stored);
    let mut rows = Vec::new();
    for field in form.sections.iter().flat_map(|section| &section.fields) {
        field.each(&mut |field: &Field| rows.push(field.name.clone()));
    }
    assert!(rows.contains(&"v/Colour".to_owned()), "{rows:?}");
}

#[test]
fn new_names_and_files_without_a_place_are_told() {
    let kind = "com.example.unheard";
    let values = map(&json!({ "PayloadType": kind, "Colour": "red" }));
    let form = form_of(kind, &values, &[], true);
    let shown = Shown::of(&form.sections, "");
    let mut sent = Sent::of(&form);
    for (name, value) in [
        ("key.v/", "Shape"),
        ("type.v/", "string"),
        ("value.v/", "round"),
        ("key.v/Other", ""),
        ("type.v/Other", "string"),
    ] {
        sent.0.insert(name.to_owned(), vec![value.to_owned()]);
    }
    sent.1
        .insert("file.v/PayloadContent".to_owned(), vec![1, 2]);
    let names = || {
        let own = ["file.v/PayloadContent".to_owned(), "file.v/Not".to_owned()];
        sent.0.keys().cloned().chain(own)
    };
    let touched = Touched::new(Some(&shown), &sent, &[]);
    let stranded = touched.stranded(names(), &[]);
    let told: Vec<(&str, Option<&str>)> = stranded
        .iter()
        .map(|one| (one.name.as_str(), one.typed.as_deref()))
        .collect();
    assert_eq!(
        told,
        [("v/Shape", Some("round")), ("v/PayloadContent", None)]
    );
    // Where there is a place for it, nothing is lost.
    let touched = Touched::new(Some(&shown), &sent, &form.sections);
    let names = names().filter(|name| !name.starts_with("file."));
    assert_eq!(touched.stranded(names, &form.sections), []);
}

#[test]
fn nothing_chosen_or_named_in_a_group_that_moved_goes_anywhere() {
    let before = map(&json!({ "PayloadType": WIFI, "Rows": [1] }));
    let mut form = form_of(WIFI, &before, &[], true);
    let field = form.sections[0].fields.first_mut().expect("a field");
    let group = field.name.clone();
    field.control = Control::Group(vec![Item {
        title: String::new(),
        name: format!("{group}/#0"),
        fields: Vec::new(),
    }]);
    field.was = Some(json!([{ "a": 1 }]));
    let shown = Shown::of(&form.sections, "");
    form.sections[0].fields[0].was = Some(json!([{ "b": 2 }]));
    let mut sent = Sent::default();
    let (file, key) = (format!("file.{group}/#0/c"), format!("key.{group}/#0/d"));
    sent.1.insert(file.clone(), vec![1]);
    sent.0.insert(key.clone(), vec!["named".to_owned()]);
    let touched = Touched::new(Some(&shown), &sent, &form.sections);
    assert_eq!(touched.file(&file), None);
    assert_eq!(touched.text(&key), None);
    let told = touched.stranded([file, key].into_iter(), &form.sections);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn what_cannot_be_used_is_told_and_kept() {
    let kind = "com.apple.mobiledevice.passwordpolicy";
    let values = map(&json!({ "PayloadType": kind }));
    let form = form_of(kind, &values, &[], true);
    let sent = Sent::of(&form).with("minLength", "six");
    let reading = read(Texts::default(), Some(0), &values, &form.sections, &sent);
    assert!(reading.edits.is_empty());
    assert_eq!(reading.wrong["v/minLength"].0, "six");
}

#[test]
fn a_reference_offers_the_certificates_of_the_profile() {
    let values = map(&json!({ "PayloadType": WIFI }));
    let form = form_of(WIFI, &values, &[], true);
    let sent = Sent::of(&form).with("PayloadCertificateUUID", "ABC");
    let found = after(&values, &edits(&values, &form, &sent));
    assert_eq!(found["PayloadCertificateUUID"], "ABC");
    let field = form
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .find(|field| field.key == "PayloadCertificateUUID")
        .expect("the reference");
    assert!(field.html().as_str().contains("Client certificate"));
}

#[test]
fn unknown_keys_are_shown_and_kept() {
    let values = map(&json!({ "PayloadType": WIFI, "OwnKey": { "a": 1 } }));
    let form = form_of(WIFI, &values, &[], false);
    assert!(names(&form).contains(&"OwnKey".to_owned()));
    assert_eq!(edits(&values, &form, &Sent::of(&form)), Vec::new());
}

#[test]
fn groups_grow_and_their_fields_are_read() {
    let kind = "com.apple.vpn.managed";
    let values = map(&json!({
        "PayloadType": kind, "VPNType": "IKEv2",
        "IKEv2": { "OnDemandRules": [{ "Action": "Connect" }] },
    }));
    let form = form_of(kind, &values, &[], true);
    let group = form
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .find(|field| field.key == "IKEv2.OnDemandRules")
        .expect("the rules");
    let Some(Edit::Set { path, value, .. }) = group.one_more(Some(0)) else {
        panic!("nothing to add");
    };
    assert_eq!(path.last(), Some(&Step::Index(1)));
    assert_eq!(value, json!({}));
    let sent = Sent::of(&form).with("IKEv2/OnDemandRules/#0/Action", "Disconnect");
    let found = after(&values, &edits(&values, &form, &sent));
    assert_eq!(found["IKEv2"]["OnDemandRules"][0]["Action"], "Disconnect");
}

#[test]
fn names_and_values_of_a_free_dictionary_are_added() {
    let values = map(&json!({ "PayloadType": "com.example.unheard", "Depth": 3 }));
    let form = form_of("com.example.unheard", &values, &[], false);
    let mut sent = Sent::of(&form);
    for (name, value) in [("key", "Own"), ("type", "integer"), ("value", "7")] {
        sent.0.insert(format!("{name}.v/"), vec![value.to_owned()]);
    }
    let sent = sent.with("Depth", "4");
    let found = after(&values, &edits(&values, &form, &sent));
    assert_eq!((&found["Own"], &found["Depth"]), (&json!(7), &json!(4)));
}

#[test]
fn names_of_fields_come_back_as_the_same_places() {
    let path = vec![
        Step::Key("a/b~c#d".to_owned()),
        Step::Index(3),
        Step::Key("com.example".to_owned()),
    ];
    let name = super::path::name_of(&path);
    assert_eq!(steps_of(&name), Some(path));
    assert_eq!(steps_of("csrf"), None);
}

#[test]
fn support_says_what_is_different_from_the_payload() {
    let wifi = catalogue::variants(WIFI)[0];
    let key = wifi
        .find(&["DisableAssociationMACRandomization"])
        .expect("the key");
    let found = tags(Texts::default(), key.support, Some(wifi.support));
    let texts: Vec<&str> = found.iter().map(|tag| tag.text.as_str()).collect();
    assert!(
        texts.contains(&"iOS 14.0") || texts.contains(&"iOS 14"),
        "{texts:?}"
    );
    assert!(texts.contains(&"not on tvOS"), "{texts:?}");
}
