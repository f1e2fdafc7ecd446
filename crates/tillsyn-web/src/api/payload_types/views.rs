//! The catalogue as the API shows it.

use serde::Serialize;
use serde_json::Value;
use tillsyn_apple::profile::catalogue::{
    self, Kind, Payload, Rule, Scalar, SharedIpad, System, UserEnrollment,
};
use tillsyn_apple::profile::template::is_secret_key;
use utoipa::ToSchema;

/// A payload type in the list.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadType)]
pub struct PayloadType {
    #[serde(rename = "type")]
    name: &'static str,
    /// Usually one; a few types have several forms with different keys.
    variants: Vec<Summary>,
}

/// A form of a payload type.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadSummary)]
pub(super) struct Summary {
    /// Tells it from the other forms of its type; empty for the usual one.
    variant: &'static str,
    support: Vec<Support>,
}

/// A payload type with its keys.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadTypeDetails)]
pub struct Described {
    #[serde(rename = "type")]
    name: &'static str,
    variants: Vec<Variant>,
    /// The keys that every payload has besides its own.
    common_keys: Vec<Key>,
}

/// A form of a payload type with its keys.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadVariant)]
pub(super) struct Variant {
    variant: &'static str,
    support: Vec<Support>,
    /// In the order of the schema.
    keys: Vec<Key>,
}

/// A key of a payload, or the item of an array.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadKey)]
pub(super) struct Key {
    /// Of an array's item only a label; `ANY` stands for any name.
    name: &'static str,
    /// `string`, `integer`, `real`, `boolean`, `date`, `data`, `array`, `dictionary` or `any`.
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    secret: bool,
    /// The only values that are allowed; empty where any is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Value>,
    /// How often an array's item may stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<usize>,
    /// What the device assumes without the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    /// A regular expression that the text must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    /// `url` or `hostname`.
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<&'static str>,
    /// Left out where it is as that of what the key lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    support: Option<Vec<Support>>,
    /// The schema goes in circles here: the keys are those of the key of this name that this one lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    again: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    keys: Vec<Key>,
}

/// The terms on one system. A system that is not there does not know it.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadSupport)]
pub(super) struct Support {
    system: &'static str,
    introduced: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<String>,
    /// The first version without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<String>,
    /// A device takes only one.
    exclusive: bool,
    /// `supervised`, `ade`, `user_approved`, `mdm`: only on a device that is enrolled so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<&'static str>,
    /// `allowed`, `forbidden`, `ignored` or `required`.
    user_enrollment: &'static str,
    /// `device`, `user`.
    channels: Vec<&'static str>,
    /// On an iPad that people share: `allowed`, `forbidden` or `required`, and on which channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_ipad: Option<SharedIpadSupport>,
}

/// On an iPad that people share.
#[derive(Serialize, ToSchema)]
#[schema(as = PayloadSharedIpad)]
pub(super) struct SharedIpadSupport {
    mode: &'static str,
    channels: Vec<&'static str>,
}

impl PayloadType {
    pub(super) fn of(name: &'static str, variants: &[&'static Payload]) -> Self {
        let variants = variants.iter().map(|payload| Summary {
            variant: payload.variant,
            support: support(payload.support),
        });
        Self {
            name,
            variants: variants.collect(),
        }
    }
}

impl Described {
    pub(super) fn of(name: &'static str, variants: &[&'static Payload]) -> Self {
        let variants = variants.iter().map(|payload| Variant {
            variant: payload.variant,
            support: support(payload.support),
            keys: keys(payload.keys(), name, payload.support),
        });
        let common = catalogue::common();
        Self {
            name,
            variants: variants.collect(),
            common_keys: common
                .map_or_else(Vec::new, |common| keys(common.keys(), name, common.support)),
        }
    }
}

/// Ends where the schema goes in circles.
fn keys(
    level: impl Iterator<Item = &'static catalogue::Key>,
    payload_type: &str,
    around: &'static catalogue::Support,
) -> Vec<Key> {
    level
        .map(|key| Key {
            name: key.name,
            kind: key.kind.as_str(),
            required: key.required,
            secret: key.kind != Kind::Boolean && is_secret_key(payload_type, key.name),
            allowed: key.allowed.iter().copied().map(value).collect(),
            min: key.min.map(value),
            max: key.max.map(value),
            least: key.least,
            most: key.most,
            default: key.default.map(value),
            format: key.format.map(catalogue::Format::pattern),
            is: key.is,
            support: (key.support != around).then(|| support(key.support)),
            again: key.again().map(|ancestor| ancestor.name),
            keys: match key.again() {
                Some(_) => Vec::new(),
                None => keys(key.children(), payload_type, key.support),
            },
        })
        .collect()
}

fn value(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Text(text) => Value::from(text),
        Scalar::Integer(number) => Value::from(number),
        Scalar::Real(number) => Value::from(number),
        Scalar::Boolean(flag) => Value::from(flag),
    }
}

fn support(support: &catalogue::Support) -> Vec<Support> {
    support
        .rules()
        .map(|(system, rule)| Support {
            system: catalogue::system_name(system),
            introduced: rule.introduced.to_string(),
            deprecated: rule.deprecated.map(|version| version.to_string()),
            removed: rule.removed.map(|version| version.to_string()),
            exclusive: rule.exclusive(),
            needs: those(&[
                (rule.supervised(), "supervised"),
                (rule.ade(), "ade"),
                (rule.user_approved(), "user_approved"),
                (rule.mdm_only(), "mdm"),
            ]),
            user_enrollment: match rule.user_enrollment {
                UserEnrollment::Allowed => "allowed",
                UserEnrollment::Forbidden => "forbidden",
                UserEnrollment::Ignored => "ignored",
                UserEnrollment::Required => "required",
            },
            channels: those(&[
                (
                    system != System::Macos || rule.mac_device_channel(),
                    "device",
                ),
                (system == System::Macos && rule.mac_user_channel(), "user"),
            ]),
            shared_ipad: (system == System::Ios).then(|| shared_ipad(rule)),
        })
        .collect()
}

fn shared_ipad(rule: &Rule) -> SharedIpadSupport {
    SharedIpadSupport {
        mode: match rule.shared_ipad {
            SharedIpad::Allowed => "allowed",
            SharedIpad::Forbidden => "forbidden",
            SharedIpad::Required => "required",
        },
        channels: those(&[
            (rule.shared_device_channel(), "device"),
            (rule.shared_user_channel(), "user"),
        ]),
    }
}

fn those(words: &[(bool, &'static str)]) -> Vec<&'static str> {
    words
        .iter()
        .filter_map(|(holds, word)| holds.then_some(*word))
        .collect()
}
