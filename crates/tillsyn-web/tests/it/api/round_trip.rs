//! What is uploaded comes out as it went in, for every payload of Apple's schema and every form of a file.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Dictionary, Value};
use serde_json::{Value as Json, json};
use tillsyn_apple::profile::catalogue::variants;
use tillsyn_apple::profile::generate::{Fill, every, profile};
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{ExportSecrets, export_with_secrets};
use tillsyn_pki::cms;
use tillsyn_testkit::{Api, TestApp, both_engines};

const PATH: &str = "/api/v1/profiles";
/// Of the profile that the generator makes; each type gets a profile of its own.
const IDENTITY: [&str; 4] = [
    "PayloadType",
    "PayloadVersion",
    "PayloadIdentifier",
    "PayloadUUID",
];

/// The same tree as people have it in files: XML and binary, plain and signed.
fn forms(app: &TestApp, tree: &Value) -> [Vec<u8>; 4] {
    let (mut xml, mut binary) = (Vec::new(), Vec::new());
    tree.to_writer_xml(&mut xml).unwrap();
    tree.to_writer_binary(&mut binary).unwrap();
    let authorities = app.core.authorities();
    let signer = &authorities.profile_signer;
    let signed = |bytes: &[u8]| {
        let chain = &authorities.signer_chain;
        cms::sign_attached(bytes, &signer.certificate, &signer.key, chain).unwrap()
    };
    [signed(&xml), signed(&binary), xml, binary]
}

/// As a program gives values: data as Base64, dates as RFC 3339.
fn to_json(value: &Value) -> Json {
    match value {
        Value::String(text) => json!(text),
        Value::Boolean(flag) => json!(flag),
        Value::Integer(number) => json!(number.as_signed().unwrap()),
        Value::Real(number) => json!(number),
        Value::Data(bytes) => json!(STANDARD.encode(bytes)),
        Value::Date(date) => json!(date.to_xml_format()),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Dictionary(dict) => {
            let values = dict.iter();
            Json::Object(values.map(|(k, v)| (k.clone(), to_json(v))).collect())
        }
        other => panic!("{other:?}"),
    }
}

/// Takes every value of the payload away and gives it again, and renames the profile.
fn away_and_back(payload: &Dictionary) -> Json {
    let own = payload
        .iter()
        .filter(|(key, _)| !IDENTITY.contains(&key.as_str()));
    let mut edits = vec![json!({ "op": "set", "path": ["PayloadDisplayName"], "value": "Again" })];
    for (key, value) in own {
        let (path, value) = (json!([key]), to_json(value));
        edits.push(json!({ "op": "unset", "payload": 0, "path": path }));
        edits.push(json!({ "op": "set", "payload": 0, "path": path, "value": value }));
    }
    Json::Array(edits)
}

/// Edits for values that came back as text, with their types said.
fn untold(changes: &Json, payload: &Dictionary) -> Vec<Json> {
    let changed = changes.as_array().unwrap().iter();
    let paths =
        changed.filter_map(|change| change["path"].as_str()?.strip_prefix("PayloadContent[0]."));
    paths
        .map(|path| {
            let keys: Vec<_> = path.split('.').collect();
            let inner = keys[1..]
                .iter()
                .fold(&payload[keys[0]], |at, key| &at.as_dictionary().unwrap()[*key]);
            let kind = match inner {
                Value::Data(_) => "data",
                Value::Date(_) => "date",
                other => panic!("{path}: {other:?}"),
            };
            json!({ "op": "set", "payload": 0, "path": keys, "value": to_json(inner), "type": kind })
        })
        .collect()
}

async fn exported(app: &TestApp, id: &ProfileId, number: i64, original: bool) -> Vec<u8> {
    let ask = ExportSecrets {
        reason: "A look at every type".to_owned(),
        original,
        proof: None,
    };
    let file = export_with_secrets(&app.core, &app.owner, id, number, ask);
    file.await.unwrap().bytes.to_vec()
}

async fn publish(api: &Api, path: &str, revision: &Json) -> (u16, Json) {
    let body = json!({ "draft_revision": revision });
    let answer = api.post(&format!("{path}/publish"), &body).await;
    (answer.status, answer.body)
}

both_engines!(
    every_payload_type_comes_out_as_it_went_in,
    |app| async move {
        let api = app.owner_api().await;
        let (mut seen, mut refused) = (0, Vec::new());
        for (nth, (payload, dict)) in every(Fill::All, 5).enumerate() {
            let name = format!("{} {}", payload.kind, payload.variant);
            let mut root = profile(vec![dict.clone()]);
            let identifier = format!("org.example.type{nth}");
            root.insert("PayloadIdentifier".to_owned(), Value::from(identifier));
            root.insert("PayloadDisplayName".to_owned(), Value::from(name.as_str()));
            let tree = Value::Dictionary(root);
            let forms = forms(&app, &tree);
            let first = &forms[nth % forms.len()];
            let made = api
                .post(PATH, &json!({ "content": STANDARD.encode(first) }))
                .await
                .expect(201);
            let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
            let draft = format!("{path}/draft");
            let before = api.get(&draft).await.expect(200);
            for form in &forms {
                let body =
                    json!({ "revision": before["revision"], "content": STANDARD.encode(form) });
                let same = api.put(&draft, &body).await.expect(200);
                assert_eq!(same["revision"], before["revision"], "{name} says the same");
            }
            let (status, answer) = publish(&api, &path, &before["revision"]).await;
            if status != 200 {
                assert_eq!(
                    (status, &answer["code"]),
                    (409, &json!("profile_errors")),
                    "{name}"
                );
                refused.push(payload.kind);
                continue;
            }
            let id = ProfileId::parse(made["id"].as_str().unwrap()).unwrap();
            let read = |bytes: Vec<u8>| Value::from_reader(Cursor::new(bytes)).unwrap();
            assert!(
                exported(&app, &id, 1, true).await == *first,
                "{name}: the bytes"
            );
            let plain = read(exported(&app, &id, 1, false).await);
            assert!(plain == tree, "{name}: {plain:#?} instead of {tree:#?}");

            let revision = api.get(&draft).await.expect(200)["revision"].clone();
            let body = json!({ "revision": revision, "edits": away_and_back(&dict) });
            let mut saved = api.patch(&draft, &body).await.expect(200);
            let untold = untold(&saved["changes"], &dict);
            if !untold.is_empty() {
                // Only where several forms of a type fit: whoever edits says what a value is.
                assert!(
                    variants(payload.kind).len() > 1,
                    "{name}: {}",
                    saved["changes"]
                );
                let body = json!({ "revision": saved["revision"], "edits": untold });
                saved = api.patch(&draft, &body).await.expect(200);
            }
            let changes = saved["changes"].as_array().map(Vec::len);
            assert_eq!(changes, Some(1), "{name}: {}", saved["changes"]);
            let (status, answer) = publish(&api, &path, &saved["revision"]).await;
            assert_eq!(status, 200, "{name}: {answer}");
            let mut again = tree.into_dictionary().unwrap();
            again.insert("PayloadDisplayName".to_owned(), Value::from("Again"));
            let plain = read(exported(&app, &id, 2, false).await);
            assert!(plain == Value::Dictionary(again), "{name}: {plain:#?}");
            seen += 1;
        }
        // Only what would enroll a device is no content of ours.
        assert_eq!(refused, ["com.apple.mdm"]);
        assert!(seen > 100, "{seen}");
    }
);

both_engines!(
    a_small_file_that_is_large_as_xml_is_kept_or_refused_in_words,
    |app| async move {
        let api = app.owner_api().await;
        // Base64 makes a third more of it: below the limit of 2 MiB, then above.
        for (bytes, status) in [(1_400_000, 201), (1_700_000, 422)] {
            let mut font = Dictionary::new();
            for (key, value) in [
                ("PayloadType", Value::from("com.apple.font")),
                ("PayloadVersion", Value::from(1)),
                ("PayloadIdentifier", Value::from("org.example.font.1")),
                (
                    "PayloadUUID",
                    Value::from("6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0009"),
                ),
                ("Font", Value::Data(vec![7; bytes])),
            ] {
                font.insert(key.to_owned(), value);
            }
            let mut root = profile(vec![font]);
            let identifier = format!("org.example.font{bytes}");
            root.insert("PayloadIdentifier".to_owned(), Value::from(identifier));
            let mut binary = Vec::new();
            Value::Dictionary(root)
                .to_writer_binary(&mut binary)
                .unwrap();
            let body = json!({ "content": STANDARD.encode(&binary) });
            let made = api.post(PATH, &body).await;
            assert_eq!(made.status, status, "{}", made.body);
            if status == 201 {
                let path = format!("{PATH}/{}/draft", made.body["id"].as_str().unwrap());
                api.get(&path).await.expect(200);
            } else {
                assert_eq!(made.body["code"], "profile_too_large");
            }
        }
    }
);
