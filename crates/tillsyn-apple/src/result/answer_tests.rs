//! Every answer of the schema against its typed form: the fixtures hold every key that the schema
//! has for it, and were made from the schema, not from this code.
#![expect(clippy::unwrap_used, reason = "tests")]

use plist::{Dictionary, Value};
use proptest::prelude::*;

use super::*;
use crate::command::RequestType;
use crate::command::queries::QUERIES;
use crate::command::schema;
use crate::fields::{Wire, root};
use crate::plist_guard::{Limits, parse};
use crate::testing::{Damage, all};

/// Kind and body of each fixture.
fn fixtures() -> Vec<(RequestType, Dictionary)> {
    all("answer")
        .into_iter()
        .map(|(name, bytes)| {
            let kind = name.split('.').next().unwrap().parse().unwrap();
            (kind, CommandResult::parse(&bytes).unwrap().body)
        })
        .collect()
}

fn sorted(dict: &Dictionary) -> Value {
    let mut value = Value::Dictionary(dict.clone());
    sort(&mut value);
    value
}

fn sort(value: &mut Value) {
    match value {
        Value::Dictionary(dict) => {
            dict.sort_keys();
            dict.iter_mut().for_each(|(_, value)| sort(value));
        }
        Value::Array(items) => items.iter_mut().for_each(sort),
        _ => {}
    }
}

macro_rules! to_body {
    ($answer:expr; $($kind:ident),+) => {
        match $answer {
            $(Answer::$kind(answer) => Some(answer.to_body()),)+
            _ => None,
        }
    };
}

/// The answer as a device would send it, for the types that can be written.
fn body(answer: &Answer) -> Option<Dictionary> {
    to_body!(answer;
        ActivationLockBypassCode, AvailableOSUpdates, CertificateList, ContentCachingInformation,
        DeviceLocation, InstalledApplicationList, LOMDeviceRequest, LOMSetupRequest,
        OSUpdateStatus, ProvisioningProfileList, RequestMirroring, RequestUnlockToken,
        Restrictions, RotateFileVaultKey, ScheduleOSUpdate, ScheduleOSUpdateScan,
        SetFirmwarePassword, Settings, UserList, VerifyFirmwarePassword, VerifyRecoveryLock)
}

#[test]
fn every_answer_of_the_schema_is_read_whole() {
    let mut seen = Vec::new();
    for (kind, fixture) in fixtures() {
        seen.push(kind);
        let answer = Answer::read(kind, &fixture).unwrap();
        if let Some(mut body) = body(&answer) {
            // The chain of a single update is left to the chain of the result.
            let mut fixture = fixture.clone();
            if kind == RequestType::ScheduleOSUpdate {
                for dict in [&mut body, &mut fixture] {
                    let results = dict.get_mut("UpdateResults").unwrap();
                    for item in results.as_array_mut().unwrap() {
                        item.as_dictionary_mut().unwrap().remove("ErrorChain");
                    }
                }
            }
            assert_eq!(sorted(&body), sorted(&fixture), "{kind}");
            assert_eq!(Answer::read(kind, &body).unwrap(), answer, "{kind}");
        }
    }
    seen.dedup();
    let mut kinds = Answer::KINDS.to_vec();
    kinds.sort_by_key(|kind| kind.as_str());
    seen.sort_by_key(|kind| kind.as_str());
    seen.dedup();
    assert_eq!(seen, kinds);
}

#[test]
fn every_key_of_device_information_is_a_fact_or_a_detail() {
    for (kind, body) in fixtures() {
        let Answer::DeviceInformation(answer) = Answer::read(kind, &body).unwrap() else {
            continue;
        };
        let responses = body.get("QueryResponses").unwrap().as_dictionary().unwrap();
        let details = answer.details.to_value();
        let details = details.as_dictionary().unwrap();
        for (key, value) in responses {
            let fact = QUERIES.iter().any(|query| query.name == key);
            let detail = details.get(key) == Some(value);
            assert!(fact != detail, "{key}: fact {fact}, detail {detail}");
        }
        // Nothing can be asked whose answer is not read.
        for name in schema::query_names() {
            assert!(responses.contains_key(name), "{name}");
        }
    }
}

#[test]
fn every_key_of_security_info_is_a_fact_or_a_detail() {
    for (kind, body) in fixtures() {
        let Answer::SecurityInfo(answer) = Answer::read(kind, &body).unwrap() else {
            continue;
        };
        assert!(answer.personal_recovery_key_cms.is_some());
        let info = body.get("SecurityInfo").unwrap().as_dictionary().unwrap();
        let details = answer.details.to_value();
        let details = details.as_dictionary().unwrap();
        let known = |group: Option<&str>, key: &str| {
            let within = match group {
                None => Some(details),
                Some(group) => details.get(group).and_then(Value::as_dictionary),
            };
            key == "FDE_PersonalRecoveryKeyCMS"
                || security_info::keys().contains(&(group, key))
                || within.is_some_and(|dict| dict.contains_key(key))
        };
        for (key, value) in info {
            match value {
                Value::Dictionary(inner) => {
                    for inner_key in inner.keys() {
                        assert!(known(Some(key), inner_key), "{key}.{inner_key}");
                    }
                }
                _ => assert!(known(None, key), "{key}"),
            }
        }
    }
}

#[test]
fn secrets_of_answers_do_not_show() {
    for (kind, body) in fixtures() {
        let secret = matches!(
            kind,
            RequestType::ActivationLockBypassCode
                | RequestType::RequestUnlockToken
                | RequestType::RotateFileVaultKey
        );
        let shown = format!("{:?}", Answer::read(kind, &body).unwrap());
        assert!(!secret || shown.contains("[redacted]"), "{kind}");
        assert!(!shown.contains("fixture ActivationLockBypass"), "{kind}");
    }
}

/// Absence is unknown, another type is unknown, a foreign key is passed over.
#[test]
fn one_bad_key_loses_nothing_else() {
    for (kind, body) in fixtures() {
        let whole = body_keys(&body);
        for key in whole {
            for value in [None, Some(Value::from(1.5)), Some(Value::Array(Vec::new()))] {
                let mut changed = body.clone();
                changed.remove(&key);
                if let Some(value) = value {
                    changed.insert(key.clone(), value);
                }
                changed.insert("Foreign".into(), Value::from("kept out"));
                // Whole answers in one dictionary need it; all others cannot fail.
                let needs = ["QueryResponses", "SecurityInfo", "ProfileList"];
                let read = Answer::read(kind, &changed);
                assert!(
                    read.is_ok() || needs.contains(&key.as_str()),
                    "{kind} {key}"
                );
            }
        }
        assert!(
            Answer::read(kind, &Dictionary::new()).is_ok() != needs_body(kind),
            "{kind}"
        );
    }
}

fn body_keys(body: &Dictionary) -> Vec<String> {
    body.keys().cloned().collect()
}

fn needs_body(kind: RequestType) -> bool {
    matches!(
        kind,
        RequestType::DeviceInformation | RequestType::SecurityInfo | RequestType::ProfileList
    )
}

#[test]
fn a_bad_item_of_a_list_is_left_out() {
    let list = |items: Vec<Value>| {
        let mut body = Dictionary::new();
        body.insert("CertificateList".into(), Value::Array(items));
        CertificateListResult::read(&body).unwrap().certificates
    };
    let mut good = Dictionary::new();
    good.insert("Data".into(), Value::Data(vec![0x30]));
    good.insert("IsIdentity".into(), Value::from("yes"));
    let read = list(vec![
        Value::from("no dictionary"),
        Value::Dictionary(good),
        Value::Dictionary(Dictionary::new()),
    ]);
    let read = read.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(
        (read[0].is_identity, &read[0].data[..]),
        (None, &[0x30][..])
    );
}

#[test]
fn a_place_on_earth() {
    let location = |latitude, longitude| DeviceLocationResult {
        latitude,
        longitude,
        horizontal_accuracy: None,
        vertical_accuracy: None,
        altitude: None,
        speed: None,
        course: None,
        timestamp: None,
    };
    let here = location(Some(59.3), Some(18.1));
    assert_eq!(here.position(), Some((59.3, 18.1)));
    for nowhere in [
        location(None, Some(18.1)),
        location(Some(90.1), Some(18.1)),
        location(Some(59.3), Some(-180.1)),
    ] {
        assert_eq!(nowhere.position(), None);
    }
}

#[test]
fn damaged_answers_never_panic() {
    let mut damage = Damage::new(27);
    for (name, bytes) in all("answer") {
        let kind = name.split('.').next().unwrap().parse().unwrap();
        for _ in 0..40 {
            if let Ok(result) = CommandResult::parse(&damage.apply(&bytes)) {
                let _ = Answer::read(kind, &result.body);
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..8).prop_map(Value::Data),
    ];
    let key = prop_oneof![
        "[A-Za-z]{1,8}",
        Just("Status".to_owned()),
        Just("Settings".to_owned()),
        Just("QueryResponses".to_owned()),
        Just("Users".to_owned()),
        Just("ServiceSubscriptions".to_owned()),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|entries| Value::Dictionary(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any dictionary as the answer to any command: read or refused, and what was read can be
    /// written.
    #[test]
    fn any_body_is_read_or_refused(entries in proptest::collection::vec(("[A-Za-z]{1,12}", any_value()), 0..6)) {
        let dict: Dictionary = entries.into_iter().collect();
        for kind in Answer::KINDS {
            let mut dict = dict.clone();
            for name in ["QueryResponses", "SecurityInfo", "Settings", "StatusResponse"] {
                let inner = Value::Dictionary(dict.clone());
                dict.insert(name.to_owned(), inner);
            }
            if let Ok(answer) = Answer::read(*kind, &dict)
                && let Some(body) = body(&answer)
            {
                let bytes = crate::encode_plist(&Value::Dictionary(body));
                prop_assert!(root(parse(&bytes, Limits::RESULT).unwrap()).is_ok());
            }
        }
    }
}
