//! How a device makes one setting out of several payloads of a type: the stricter one wins.
//!
//! Apple's schema does not say it for profiles; the rules follow its defaults (what is allowed unless forbidden, what
//! is not forced unless forced) and, key by key, the meaning where that is not enough.

use std::collections::{BTreeMap, BTreeSet};

use plist::{Dictionary, Value};

use crate::profile::catalogue::{self, Key, Kind, Scalar};

/// How the values of a key become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Forbidden as soon as one forbids.
    And,
    /// Forced as soon as one forces.
    Or,
    Min,
    Max,
    /// Only what all allow.
    Intersection,
    /// Whatever any names.
    Union,
    /// Nobody knows.
    Undefined,
}

const RESTRICTIONS: &str = "com.apple.applicationaccess";
const PASSCODE: &str = "com.apple.mobiledevice.passwordpolicy";

/// Keys whose rule does not follow from their default or name. Sorted.
const RULES: [(&str, &str, Rule); 16] = [
    // Lists of the only apps, and of those that may never run.
    (RESTRICTIONS, "allowListedAppBundleIDs", Rule::Intersection),
    (
        RESTRICTIONS,
        "autonomousSingleAppModePermittedAppIDs",
        Rule::Union,
    ),
    (RESTRICTIONS, "blacklistedAppBundleIDs", Rule::Union),
    (RESTRICTIONS, "blockedAppBundleIDs", Rule::Union),
    // Seconds after which a fingerprint is not enough.
    (RESTRICTIONS, "enforcedFingerprintTimeout", Rule::Min),
    // Days that an update is kept back.
    (RESTRICTIONS, "enforcedSoftwareUpdateDelay", Rule::Max),
    (
        RESTRICTIONS,
        "enforcedSoftwareUpdateMajorOSDeferredInstallDelay",
        Rule::Max,
    ),
    (
        RESTRICTIONS,
        "enforcedSoftwareUpdateMinorOSDeferredInstallDelay",
        Rule::Max,
    ),
    (
        RESTRICTIONS,
        "enforcedSoftwareUpdateNonOSDeferredInstallDelay",
        Rule::Max,
    ),
    // The highest age that is allowed.
    (RESTRICTIONS, "ratingApps", Rule::Min),
    (RESTRICTIONS, "ratingMovies", Rule::Min),
    (RESTRICTIONS, "ratingTVShows", Rule::Min),
    // 0 takes none, 2 takes all.
    (RESTRICTIONS, "safariAcceptCookies", Rule::Min),
    (RESTRICTIONS, "whitelistedAppBundleIDs", Rule::Intersection),
    // The longer one has to wait after too many attempts, the stricter; the name only begins like a least number.
    (PASSCODE, "minutesUntilFailedLoginReset", Rule::Max),
    // The more of the last ones may not come back, the stricter.
    (PASSCODE, "pinHistory", Rule::Max),
];

/// The rule of a key of these two payloads; `None` for any other payload.
pub fn rule(payload_type: &str, name: &str) -> Option<Rule> {
    if ![RESTRICTIONS, PASSCODE].contains(&payload_type) {
        return None;
    }
    let own = RULES
        .iter()
        .find(|(kind, key, _)| *kind == payload_type && *key == name);
    if let Some((_, _, rule)) = own {
        return Some(*rule);
    }
    let key = catalogue::variants(payload_type)
        .first()
        .and_then(|form| form.key(name))
        .filter(|key| !key.is_free())?;
    Some(by_meaning(key))
}

fn by_meaning(key: &Key) -> Rule {
    match (key.kind, key.default) {
        // A few permissions are not given unless somebody gives them; taking them away is stricter still.
        (Kind::Boolean, _) if key.name.starts_with("allow") => Rule::And,
        (Kind::Boolean, Some(Scalar::Boolean(true))) => Rule::And,
        (Kind::Boolean, Some(Scalar::Boolean(false))) => Rule::Or,
        (Kind::Integer, _) if key.name.starts_with("min") => Rule::Max,
        (Kind::Integer, _) if key.name.starts_with("max") => Rule::Min,
        _ => Rule::Undefined,
    }
}

/// A setting that several payloads make, and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    pub key: String,
    pub rule: Rule,
    /// What each payload says, by its place in the list that was asked about.
    pub said: Vec<(usize, Value)>,
    /// `None` where nobody knows.
    pub result: Option<Value>,
    /// Places of those whose value it is.
    pub wins: Vec<usize>,
}

/// The settings that more than one of these payloads makes. Empty for a type without rules.
pub fn combined(payloads: &[&Dictionary], payload_type: &str) -> Vec<Combined> {
    let mut said: BTreeMap<&str, Vec<(usize, Value)>> = BTreeMap::new();
    for (place, payload) in payloads.iter().enumerate() {
        for (key, value) in *payload {
            said.entry(key).or_default().push((place, value.clone()));
        }
    }
    said.into_iter()
        .filter(|(_, said)| said.len() > 1)
        .filter_map(|(key, said)| {
            let rule = rule(payload_type, key)?;
            let result = result(rule, &said);
            let wins = said
                .iter()
                .filter(|(_, value)| Some(value) == result.as_ref())
                .map(|(place, _)| *place)
                .collect();
            Some(Combined {
                key: key.to_owned(),
                rule,
                said,
                result,
                wins,
            })
        })
        .collect()
}

fn result(rule: Rule, said: &[(usize, Value)]) -> Option<Value> {
    let values = || said.iter().map(|(_, value)| value);
    let flags = || values().map(Value::as_boolean).collect::<Option<Vec<_>>>();
    match rule {
        Rule::And => Some(Value::from(flags()?.into_iter().all(|flag| flag))),
        Rule::Or => Some(Value::from(flags()?.into_iter().any(|flag| flag))),
        Rule::Min => extreme(values(), f64::total_cmp),
        Rule::Max => extreme(values(), |a, b| b.total_cmp(a)),
        Rule::Intersection | Rule::Union => {
            let mut sets = values().map(names).collect::<Option<Vec<_>>>()?.into_iter();
            let first = sets.next()?;
            let set = sets.fold(first, |all, set| match rule {
                Rule::Union => all.union(&set).copied().collect(),
                _ => all.intersection(&set).copied().collect(),
            });
            Some(Value::Array(set.into_iter().map(Value::from).collect()))
        }
        Rule::Undefined => {
            // What all say alike is so whatever the rule is.
            let first = values().next()?;
            values().all(|value| value == first).then(|| first.clone())
        }
    }
}

fn extreme<'a>(
    values: impl Iterator<Item = &'a Value>,
    order: impl Fn(&f64, &f64) -> std::cmp::Ordering,
) -> Option<Value> {
    let numbers = values
        .map(|value| Some((number(value)?, value)))
        .collect::<Option<Vec<_>>>()?;
    let first = numbers.into_iter().min_by(|a, b| order(&a.0, &b.0));
    first.map(|(_, value)| value.clone())
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => {
            let small = i32::try_from(number.as_signed()?).ok()?;
            Some(f64::from(small))
        }
        Value::Real(number) => Some(*number),
        _ => None,
    }
}

fn names(value: &Value) -> Option<BTreeSet<&str>> {
    value.as_array()?.iter().map(Value::as_string).collect()
}
