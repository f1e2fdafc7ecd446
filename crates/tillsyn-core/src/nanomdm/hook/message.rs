//! The body of one event in the NanoMDM family's shape. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};
use tillsyn_apple::checkin::Ids;
use tillsyn_apple::ids::{EnrollmentIdApple, Udid};
use zeroize::Zeroizing;

use crate::nanomdm::ids::Named;

/// Topics in use, by the message that is told of.
pub(crate) const TOPICS: [&str; 9] = [
    "mdm.Authenticate",
    "mdm.CheckOut",
    "mdm.Connect",
    "mdm.DeclarativeManagement",
    "mdm.GetBootstrapToken",
    "mdm.GetToken",
    "mdm.SetBootstrapToken",
    "mdm.TokenUpdate",
    "mdm.UserAuthenticate",
];

/// The topic of a check-in message, where there is one.
pub(crate) fn topic_of(message_type: &str) -> Option<&'static str> {
    TOPICS
        .into_iter()
        .find(|topic| topic.strip_prefix("mdm.") == Some(message_type) && *topic != CONNECT)
}

pub(crate) const CONNECT: &str = "mdm.Connect";

/// What a device said.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    CheckIn {
        topic: &'static str,
    },
    /// A poll or a result.
    Report {
        status: String,
        command_uuid: Option<String>,
    },
}

impl Said {
    pub(crate) fn topic(&self) -> &'static str {
        match self {
            Self::CheckIn { topic } => topic,
            Self::Report { .. } => CONNECT,
        }
    }
}

/// One event, but for what differs from webhook to webhook.
pub(super) struct Message<'a> {
    pub(super) said: &'a Said,
    pub(super) ids: &'a Ids,
    pub(super) raw: &'a [u8],
    /// How many a channel sent since it enrolled; of a `TokenUpdate`.
    pub(super) token_updates: Option<i64>,
    pub(super) now_ms: i64,
}

impl Message<'_> {
    /// The event as JSON.
    pub(super) fn body(&self, event_id: &str) -> Zeroizing<Vec<u8>> {
        let at = jiff::Timestamp::from_millisecond(self.now_ms);
        let at = at.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let mut event = self.sender();
        let raw = Zeroizing::new(STANDARD.encode(self.raw));
        event.insert("raw_payload".to_owned(), Json::String(raw.to_string()));
        let kind = match self.said {
            Said::CheckIn { .. } => {
                if let Some(count) = self.token_updates {
                    event.insert("token_update_tally".to_owned(), json!(count));
                }
                "checkin_event"
            }
            Said::Report {
                status,
                command_uuid,
            } => {
                event.insert("status".to_owned(), json!(status));
                if let Some(uuid) = command_uuid {
                    event.insert("command_uuid".to_owned(), json!(uuid));
                }
                "acknowledge_event"
            }
        };
        let whole = json!({
            "topic": self.said.topic(),
            "event_id": event_id,
            "created_at": format!("{at:.3}"),
            kind: event,
        });
        Zeroizing::new(whole.to_string().into_bytes())
    }

    /// Who speaks: the ids as these tools name enrollments, and those of the message itself.
    fn sender(&self) -> Map<String, Json> {
        let mut event = Map::new();
        event.insert("ids".to_owned(), enrollment(self.ids));
        let udid = self.ids.udid.as_ref().map(Udid::as_str);
        let enrollment_id = self.ids.enrollment_id.as_ref();
        let enrollment_id = enrollment_id.map(EnrollmentIdApple::as_str);
        for (name, value) in [("udid", udid), ("enrollment_id", enrollment_id)] {
            if let Some(value) = value {
                event.insert(name.to_owned(), json!(value));
            }
        }
        event
    }
}

/// `{id, type, parent_id?}` of the channel that speaks.
fn enrollment(ids: &Ids) -> Json {
    let named = Named::of(ids);
    let mut told = json!({ "id": named.id, "type": named.kind });
    if let Some(parent) = named.parent {
        told["parent_id"] = json!(parent);
    }
    told
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use tillsyn_apple::ids::{EnrollmentUserId, UserId};

    use super::*;

    fn of(udid: Option<&str>, enrollment_id: Option<&str>) -> Ids {
        let mut ids = Ids::device(Udid::new("U").expect("an id"));
        ids.udid = udid.map(|id| Udid::new(id).expect("an id"));
        ids.enrollment_id = enrollment_id.map(|id| EnrollmentIdApple::new(id).expect("an id"));
        ids
    }

    #[test]
    fn the_four_kinds_of_ids_and_a_shared_ipad() {
        let device = of(Some("U"), None);
        let mut user = device.clone();
        user.user_id = Some(UserId::new("AB").expect("an id"));
        let mut shared = device.clone();
        let sentinel = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
        shared.user_id = Some(UserId::new(sentinel).expect("an id"));
        shared.user_short_name = Some("elin".to_owned());
        let byod = of(None, Some("E"));
        let mut byod_user = byod.clone();
        byod_user.enrollment_user_id = Some(EnrollmentUserId::new("EU").expect("an id"));
        for (ids, expected) in [
            (device, json!({"id": "U", "type": "Device"})),
            (
                user,
                json!({"id": "U:AB", "type": "User", "parent_id": "U"}),
            ),
            (
                shared,
                json!({"id": "U:elin", "type": "Shared iPad", "parent_id": "U"}),
            ),
            (byod, json!({"id": "E", "type": "User Enrollment (Device)"})),
            (
                byod_user,
                json!({"id": "E:EU", "type": "User Enrollment", "parent_id": "E"}),
            ),
        ] {
            assert_eq!(enrollment(&ids), expected);
        }
    }

    #[test]
    fn the_shapes_of_both_events() {
        let ids = of(Some("U"), None);
        let check_in = Said::CheckIn {
            topic: "mdm.TokenUpdate",
        };
        let report = Said::Report {
            status: "Acknowledged".to_owned(),
            command_uuid: Some("C".to_owned()),
        };
        let body = |said: &Said, token_updates| {
            let message = Message {
                said,
                ids: &ids,
                raw: b"<plist/>",
                token_updates,
                now_ms: 0,
            };
            serde_json::from_slice::<Json>(&message.body("E")).expect("JSON")
        };
        let head = |topic: &str, kind: &str, event: Json| {
            json!({
                "topic": topic, "event_id": "E", "created_at": "1970-01-01T00:00:00.000Z",
                kind: event,
            })
        };
        let device = json!({"id": "U", "type": "Device"});
        assert_eq!(
            body(&check_in, Some(1)),
            head(
                "mdm.TokenUpdate",
                "checkin_event",
                json!({
                    "ids": device, "udid": "U", "raw_payload": "PHBsaXN0Lz4=",
                    "token_update_tally": 1,
                })
            )
        );
        assert_eq!(
            body(&report, None),
            head(
                "mdm.Connect",
                "acknowledge_event",
                json!({
                    "ids": device, "udid": "U", "raw_payload": "PHBsaXN0Lz4=",
                    "status": "Acknowledged", "command_uuid": "C",
                })
            )
        );
        assert_eq!(topic_of("TokenUpdate"), Some("mdm.TokenUpdate"));
        assert_eq!(
            (topic_of("Connect"), topic_of("ReturnToService")),
            (None, None)
        );
    }
}
