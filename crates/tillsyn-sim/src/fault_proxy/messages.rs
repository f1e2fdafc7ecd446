//! Faults in the answers to check-in messages besides the three of every enrollment. The proxy makes
//! these answers up: the fault shows whatever the server behind it would have said.

use axum::http::{StatusCode, header};
use plist::{Dictionary, Value};
use serde_json::{Value as Json, json};
use tillsyn_apple::{encode_plist, media};

use super::Fault;
use super::exchange::{Answer, Received};
use crate::plists::dict;

const TOKEN: &str = "5d41402abc4b2a76b9719d911017c592";

fn plist(body: Dictionary) -> Answer {
    Answer::new(StatusCode::OK).with(media::PLIST_XML, encode_plist(&Value::Dictionary(body)))
}

fn json_answer(body: &Json) -> Answer {
    Answer::new(StatusCode::OK).with("application/json", body.to_string())
}

pub(super) fn check_in(fault: Fault, message: &str, request: &Received, answer: &mut Answer) {
    let whole = Answer::new;
    let changed = match (message, fault) {
        ("SetBootstrapToken", Fault::BootstrapTokenOfAnother | Fault::BootstrapTokenLost) => {
            whole(StatusCode::OK)
        }
        ("GetBootstrapToken", Fault::BootstrapTokenOfAnother) => plist(dict([(
            "BootstrapToken",
            Value::Data(b"not its own".to_vec()),
        )])),
        ("GetBootstrapToken", Fault::NoBootstrapTokenWith404) => whole(StatusCode::NOT_FOUND),
        ("GetBootstrapToken", Fault::BootstrapTokenWith401)
        | ("GetToken", Fault::GetTokenWith401) => whole(StatusCode::UNAUTHORIZED),
        ("GetBootstrapToken", Fault::BootstrapTokenLost)
        | ("GetToken", Fault::GetTokenWithoutToken) => plist(Dictionary::new()),
        ("ReturnToService", Fault::ReturnToServiceWith400) => whole(StatusCode::BAD_REQUEST),
        ("ReturnToService", Fault::ReturnToServiceWithoutWord) => {
            let policy = Value::Dictionary(Dictionary::new());
            plist(dict([("ReturnToService", policy)]))
        }
        ("UserAuthenticate", Fault::UserWithoutChallenge) => whole(StatusCode::OK),
        // The fault is about this channel alone: the server may know it or not.
        ("TokenUpdate", Fault::DeviceCommandToUser | Fault::UserChannelTold401)
            if request.is_of_user() =>
        {
            whole(StatusCode::OK)
        }
        _ => return,
    };
    *answer = changed;
}

pub(super) fn is_declarative(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::TokensAsPlist
            | Fault::TokensAsText
            | Fault::TimestampInLocalTime
            | Fault::ItemsWithoutAssets
            | Fault::ItemsOfOtherToken
            | Fault::DeclarationOfOtherToken
            | Fault::OtherDeclaration
            | Fault::DeclarationOfOtherKind
            | Fault::StatusWithBody
            | Fault::GoodStatusWith400
            | Fault::BadStatusTaken
            | Fault::UnknownDeclarationWith200
    )
}

/// One configuration, and the fault somewhere in the exchange.
pub(super) fn declarative(fault: Fault, endpoint: &str, answer: &mut Answer) {
    if !is_declarative(fault) {
        return;
    }
    let item = json!({ "Identifier": "test.one", "ServerToken": "1" });
    *answer = match endpoint {
        "tokens" => tokens(fault),
        "declaration-items" => {
            let token = if fault == Fault::ItemsOfOtherToken {
                "another"
            } else {
                TOKEN
            };
            let mut lists = json!({
                "Activations": [], "Assets": [], "Configurations": [item], "Management": [],
            });
            if let Some(lists) = lists.as_object_mut()
                && fault == Fault::ItemsWithoutAssets
            {
                lists.remove("Assets");
            }
            json_answer(&json!({ "Declarations": lists, "DeclarationsToken": token }))
        }
        "declaration/configuration/test.one" => {
            let identifier = if fault == Fault::OtherDeclaration {
                "test.two"
            } else {
                "test.one"
            };
            let server_token = if fault == Fault::DeclarationOfOtherToken {
                "2"
            } else {
                "1"
            };
            let kind = if fault == Fault::DeclarationOfOtherKind {
                "asset"
            } else {
                "configuration"
            };
            json_answer(&json!({
                "Type": format!("com.apple.{kind}.management.test"), "Identifier": identifier,
                "ServerToken": server_token, "Payload": { "Echo": "x" },
            }))
        }
        "status" => match fault {
            Fault::StatusWithBody => json_answer(&json!({})),
            Fault::GoodStatusWith400 => Answer::new(StatusCode::BAD_REQUEST),
            _ => Answer::new(StatusCode::OK),
        },
        _ if fault == Fault::UnknownDeclarationWith200 => json_answer(&json!({})),
        _ => Answer::new(StatusCode::NOT_FOUND),
    };
}

fn tokens(fault: Fault) -> Answer {
    let stamp = if fault == Fault::TimestampInLocalTime {
        "2026-01-02T03:04:05.123+01:00"
    } else {
        "2026-01-02T03:04:05Z"
    };
    let body = json!({ "SyncTokens": { "DeclarationsToken": TOKEN, "Timestamp": stamp } });
    match fault {
        Fault::TokensAsPlist => plist(dict([("DeclarationsToken", TOKEN.into())])),
        Fault::TokensAsText => {
            let mut answer = json_answer(&body);
            answer.set(header::CONTENT_TYPE, "text/plain");
            answer
        }
        _ => json_answer(&body),
    }
}
