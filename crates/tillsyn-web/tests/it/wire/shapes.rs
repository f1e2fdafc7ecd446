//! Messages as devices write them, from the published schema.

use tillsyn_apple::Sensitive;
use tillsyn_apple::checkin::{
    DeclarativeManagement, GetBootstrapToken, GetToken, Ids, ReturnToService, SetBootstrapToken,
    TokenUpdate, UserAuthenticate,
};
use tillsyn_apple::ids::{PushMagic, PushToken, Topic, Udid, UserId};
use tillsyn_apple::plist_guard::{Limits, parse};
use tillsyn_sim::{Device, RawAnswer};

pub(crate) fn device_ids(device: &Device) -> Ids {
    Ids::device(Udid::new(device.udid()).unwrap())
}

/// A user of a Mac, or of a Shared iPad with the all-F id.
pub(crate) fn user_ids(device: &Device, user: &str, short_name: &str) -> Ids {
    Ids {
        user_id: Some(UserId::new(user).unwrap()),
        user_short_name: Some(short_name.to_owned()),
        user_long_name: Some(short_name.to_uppercase()),
        ..device_ids(device)
    }
}

pub(crate) fn token_update(ids: Ids, topic: &str, token: &[u8], magic: &str) -> TokenUpdate {
    TokenUpdate {
        ids,
        topic: Topic::new(topic).unwrap(),
        token: PushToken::new(token).unwrap(),
        push_magic: PushMagic::new(magic).unwrap(),
        unlock_token: None,
        awaiting_configuration: Some(false),
        not_on_console: None,
    }
}

pub(crate) fn set_bootstrap(ids: Ids, token: Option<&[u8]>) -> Vec<u8> {
    SetBootstrapToken {
        ids,
        bootstrap_token: token.map(|bytes| Sensitive::new(bytes.to_vec())),
        awaiting_configuration: None,
    }
    .to_plist()
}

pub(crate) fn get_bootstrap(ids: Ids) -> Vec<u8> {
    GetBootstrapToken {
        ids,
        awaiting_configuration: None,
    }
    .to_plist()
}

pub(crate) fn declarative(ids: Ids, endpoint: &str, data: Option<&str>) -> Vec<u8> {
    DeclarativeManagement {
        ids,
        endpoint: endpoint.to_owned(),
        data: data.map(|text| text.as_bytes().to_vec()),
    }
    .to_plist()
}

pub(crate) fn return_to_service(ids: Ids) -> Vec<u8> {
    ReturnToService { ids }.to_plist()
}

pub(crate) fn get_token(ids: Ids) -> Vec<u8> {
    GetToken {
        ids,
        token_service_type: "com.apple.maid".to_owned(),
        token_parameters: None,
    }
    .to_plist()
}

pub(crate) fn user_authenticate(ids: Ids) -> Vec<u8> {
    UserAuthenticate {
        ids,
        digest_response: None,
    }
    .to_plist()
}

/// One value of the answer's dictionary.
pub(crate) fn value(answer: &RawAnswer, key: &str) -> Option<plist::Value> {
    assert_eq!(answer.status, 200);
    let value = parse(&answer.body, Limits::CHECK_IN).unwrap();
    value.as_dictionary().unwrap().get(key).cloned()
}

pub(crate) fn json(answer: &RawAnswer) -> serde_json::Value {
    assert_eq!(
        (answer.status.as_u16(), answer.media_type.as_str()),
        (200, "application/json")
    );
    serde_json::from_slice(&answer.body).unwrap()
}

pub(crate) async fn check_in(device: &mut Device, body: Vec<u8>) -> RawAnswer {
    device.put_raw(true, body).await.unwrap()
}

/// 200 without a byte.
pub(crate) fn is_empty(answer: &RawAnswer) -> bool {
    answer.status == 200 && answer.body.is_empty()
}
