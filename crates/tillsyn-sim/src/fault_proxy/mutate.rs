//! What becomes of an answer.

use axum::http::{HeaderValue, StatusCode, header};
use plist::{Dictionary, Value};
use tillsyn_apple::plist_guard::Limits;
use tillsyn_apple::{encode_plist, media};

use super::exchange::{Answer, Received, Topic};
use super::proxy::State;
use super::{Fault, acme, messages, profile};
use crate::SimError;
use crate::plists::{dict, dictionary};
use crate::profile::unwrap;

const HTML: &str = "text/html; charset=utf-8";

/// Changes the server's answer according to the fault that is switched on.
pub(super) fn mutate(
    state: &mut State,
    request: &Received,
    mut answer: Answer,
) -> Result<Answer, SimError> {
    let fault = state.fault;
    let topic = request.topic();
    if answer.is_profile() && answer.status == StatusCode::OK {
        return enrollment_profile(state, answer);
    }
    let Some(fault) = fault else {
        return match topic {
            Topic::Attempt => Ok(state.redirect_json(answer)),
            Topic::Poll | Topic::Result(_) => redirect_command(state, answer),
            _ => Ok(answer),
        };
    };
    match &topic {
        Topic::Attempt => {
            answer = state.redirect_json(answer);
            attempt(fault, &mut answer);
        }
        Topic::Scep(operation) => scep(state, fault, operation, request, &mut answer)?,
        Topic::CheckIn(message) => check_in(state, fault, message, request, &mut answer),
        Topic::Declarative(endpoint) => messages::declarative(fault, endpoint, &mut answer),
        Topic::Acme => acme::post(state, fault, request, &mut answer)?,
        Topic::Poll | Topic::Result(_) => {
            answer = redirect_command(state, answer)?;
            return commands(state, fault, &topic, request, answer);
        }
        Topic::Other if fault == Fault::RefusedDownloadAsProfile => {
            return Ok(refused_download());
        }
        Topic::Other => acme::get(fault, &mut answer),
    }
    Ok(answer)
}

fn refused_download() -> Answer {
    let mut answer = Answer::new(StatusCode::GONE).with(media::PROFILE, "{}");
    let disposition = "attachment; filename=\"enroll.mobileconfig\"";
    answer.set(header::CONTENT_DISPOSITION, disposition);
    answer
}

fn attempt(fault: Fault, answer: &mut Answer) {
    let mut change = |edit: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
        let body = serde_json::from_slice::<serde_json::Value>(&answer.body);
        if let Ok(serde_json::Value::Object(mut object)) = body {
            edit(&mut object);
            answer.body = serde_json::Value::Object(object).to_string().into();
            answer.headers.remove(header::CONTENT_LENGTH);
        }
    };
    match fault {
        Fault::AttemptWith200 => answer.status = StatusCode::OK,
        Fault::AttemptWithoutExpiry => change(&|object| {
            object.remove("expires_at");
        }),
        Fault::ShortProfileUrl => change(&|object| {
            object.insert("profile_url".into(), "http://127.0.0.1:9/p/7".into());
        }),
        _ => {}
    }
}

/// Every profile gets the proxy's addresses and signature; one of them gets the fault.
fn enrollment_profile(state: &mut State, mut answer: Answer) -> Result<Answer, SimError> {
    let fault = state.fault;
    if fault == Some(Fault::RefusedDownloadAsProfile) {
        return Ok(refused_download());
    }
    let mut plain = profile::parse(&unwrap(&answer.body)?.plain)?;
    profile::redirect(&mut plain, &state.public_base, &state.base);
    profile::add_root(&mut plain, &state.authority);
    if fault.is_some_and(Fault::needs_users) || state.announce_users {
        profile::announce_users(&mut plain);
    }
    if state.first_challenge.is_none() {
        state.first_challenge = profile::challenge(&plain);
    }
    state.profile = Some(plain.clone());
    if let Some(fault) = fault
        && !is_update(fault)
    {
        profile::spoil(&mut plain, fault, state.first_challenge.as_deref());
    }
    let mut encoded = profile::encode(&plain);
    if fault == Some(Fault::ProfileCutOff) {
        encoded.truncate(encoded.len() / 2);
    }
    let mut signed = if fault == Some(Fault::ProfileUnsigned) {
        encoded
    } else {
        state.authority.sign(&encoded, fault)?
    };
    if fault == Some(Fault::ProfileTampered) {
        // In the middle of the content; the structure stays.
        let middle = signed.len() / 3;
        if let Some(byte) = signed.get_mut(middle) {
            *byte ^= 1;
        }
    }
    answer.body = signed.into();
    answer.headers.remove(header::CONTENT_LENGTH);
    match fault {
        Some(Fault::ProfileAsText) => answer.set(header::CONTENT_TYPE, "text/plain"),
        Some(Fault::ProfileCacheable) => answer.set(header::CACHE_CONTROL, "max-age=3600"),
        Some(Fault::ProfileInline) => {
            answer.headers.remove(header::CONTENT_DISPOSITION);
        }
        _ => {}
    }
    Ok(answer)
}

fn is_update(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::UpdateChangesTopic
            | Fault::UpdateChangesServerUrl
            | Fault::UpdateChangesCheckInUrl
            | Fault::UpdateChangesCapabilities
    )
}

/// Whether the proxy must play the CA itself, because the server's answer is encrypted.
fn plays_ca(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::CertRepOfOtherTransaction
            | Fault::CertRepWithOtherNonce
            | Fault::CertificateForOtherKey
            | Fault::CertificateForTenYears
            | Fault::CertificateOfStranger
    )
}

fn scep(
    state: &State,
    fault: Fault,
    operation: &str,
    request: &Received,
    answer: &mut Answer,
) -> Result<(), SimError> {
    match (operation, fault) {
        ("getcacert", Fault::CaCertFails) => *answer = Answer::new(StatusCode::NOT_FOUND),
        ("getcacert", Fault::CaCertAsText) | ("pkioperation", Fault::CertRepAsText) => {
            answer.set(header::CONTENT_TYPE, HTML);
        }
        ("getcacert", Fault::CaCertGarbled) => answer.body = "not a certificate".into(),
        ("getcacert", fault) if plays_ca(fault) => {
            let (kind, body) = state.authority.ca_certificates();
            *answer = Answer::new(StatusCode::OK).with(kind, body);
        }
        ("getcacaps", Fault::CapsWithoutDigest) => answer.body = "Renewal\nAES\n".into(),
        ("getcacaps", Fault::CapsWithoutRenewal) => {
            answer.body = "SHA-256\nAES\nSCEPStandard\nPOSTPKIOperation\n".into();
        }
        ("pkioperation", Fault::RefusalWith500) => {
            *answer = Answer::new(StatusCode::INTERNAL_SERVER_ERROR).with(HTML, "<h1>No</h1>");
        }
        ("pkioperation", Fault::CertRepTampered) => {
            let mut body = answer.body.to_vec();
            if let Some(byte) = body.last_mut() {
                *byte ^= 1;
            }
            answer.body = body.into();
        }
        ("pkioperation", fault) if plays_ca(fault) => {
            let query = request.uri.query().unwrap_or_default();
            let message = if request.body.is_empty() {
                tillsyn_pki::scep::decode_get_message(query)?
            } else {
                request.body.to_vec()
            };
            let body = state.authority.answer(&message, fault)?;
            *answer = Answer::new(StatusCode::OK).with("application/x-pki-message", body);
        }
        _ => {}
    }
    answer.headers.remove(header::CONTENT_LENGTH);
    Ok(())
}

fn check_in(
    state: &mut State,
    fault: Fault,
    message: &str,
    request: &Received,
    answer: &mut Answer,
) {
    if message == "TokenUpdate" {
        state.token_updated = true;
    }
    messages::check_in(fault, message, request, answer);
    match (message, fault) {
        ("Authenticate", Fault::AuthenticateWith401) => {
            *answer = Answer::new(StatusCode::UNAUTHORIZED);
        }
        ("Authenticate", Fault::AuthenticateWithBody) => {
            let empty = encode_plist(&Value::Dictionary(Dictionary::new()));
            *answer = Answer::new(StatusCode::OK).with(media::PLIST_XML, empty);
        }
        ("TokenUpdate", Fault::TokenUpdateWith400) => {
            *answer = Answer::new(StatusCode::BAD_REQUEST);
        }
        ("TokenUpdate", Fault::TokenUpdateWith204) => {
            *answer = Answer::new(StatusCode::NO_CONTENT);
        }
        ("CheckOut", Fault::CommandAfterCheckOut) => {
            *answer = command(&uuid::Uuid::new_v4().to_string(), queries("UDID"));
        }
        _ => {}
    }
}

/// Faults of the command channel. When the server has no command the proxy makes one up.
fn commands(
    state: &mut State,
    fault: Fault,
    topic: &Topic,
    request: &Received,
    answer: Answer,
) -> Result<Answer, SimError> {
    if let Some(wrong) = credentials(fault, &answer) {
        return Ok(wrong);
    }
    let is_result = matches!(topic, Topic::Result(_));
    let whole = Answer::new;
    Ok(match fault {
        Fault::RedirectCircle => moved(&request.uri.to_string()),
        Fault::RedirectToPlainHttp => moved("http://192.0.2.1/mdm"),
        Fault::PollWith401 if !is_result => whole(StatusCode::UNAUTHORIZED),
        Fault::PollWith404 if !is_result => whole(StatusCode::NOT_FOUND),
        Fault::EndWith204 if answer.body.is_empty() => whole(StatusCode::NO_CONTENT),
        Fault::EndWithEmptyPlist if answer.body.is_empty() => {
            let empty = encode_plist(&Value::Dictionary(Dictionary::new()));
            whole(StatusCode::OK).with(media::PLIST_XML, empty)
        }
        Fault::CommandBeforeTokenUpdate if !state.token_updated => {
            command(&uuid::Uuid::new_v4().to_string(), queries("UDID"))
        }
        Fault::ResultWith401 | Fault::ResultWith409 if !is_result => given(state, answer, None),
        Fault::ResultWith401 if is_result => whole(StatusCode::UNAUTHORIZED),
        Fault::ResultWith409 if is_result => whole(StatusCode::CONFLICT),
        Fault::RepeatedResultWith400 => match topic {
            Topic::Result(uuid) if state.results.contains(uuid) => whole(StatusCode::BAD_REQUEST),
            Topic::Result(uuid) => {
                state.results.push(uuid.clone());
                answer
            }
            _ => given(state, answer, None),
        },
        Fault::CommandAsHtml if !is_result => {
            let mut answer = given(state, answer, None);
            answer.set(header::CONTENT_TYPE, HTML);
            answer
        }
        Fault::CommandCutOff if !is_result => {
            let mut answer = given(state, answer, None);
            let half = answer.body.len() / 2;
            answer.body.truncate(half);
            answer
        }
        Fault::CommandWithoutUuid if !is_result => edit(given(state, answer, None), |dict| {
            dict.remove("CommandUUID");
        }),
        Fault::CommandWithoutRequestType if !is_result => {
            edit(given(state, answer, None), |dict| {
                dict.insert("Command".into(), Value::Dictionary(Dictionary::new()));
            })
        }
        Fault::RedeliveryWithNewUuid if !is_result => {
            let again = state.last_command.is_some();
            let answer = given(state, answer, state.last_command.clone());
            if again {
                edit(answer, |dict| {
                    let uuid = uuid::Uuid::new_v4().to_string();
                    dict.insert("CommandUUID".into(), uuid.into());
                })
            } else {
                answer
            }
        }
        Fault::SecondCommandInFlight if !is_result => {
            if state.last_command.is_some() {
                command(&uuid::Uuid::new_v4().to_string(), queries("WiFiMAC"))
            } else {
                given(state, answer, None)
            }
        }
        Fault::DeferredCommandAgain => {
            let again = request
                .status_is("NotNow")
                .then(|| state.last_command.clone());
            given(state, answer, again.flatten())
        }
        Fault::FinishedCommandAgain => {
            let again = request
                .status_is("Acknowledged")
                .then(|| state.last_command.clone());
            given(state, answer, again.flatten())
        }
        Fault::CommandOfOtherPlatform if !is_result => {
            // A person's on a Mac, and nobody's elsewhere.
            let request = dict([("RequestType", "NSExtensionMappings".into())]);
            command(&uuid::Uuid::new_v4().to_string(), request)
        }
        Fault::UpdateCommandTo27 if !is_result => {
            let request = dict([("RequestType", "AvailableOSUpdates".into())]);
            command(&uuid::Uuid::new_v4().to_string(), request)
        }
        Fault::UserChannelTold401 if request.is_of_user() => whole(StatusCode::UNAUTHORIZED),
        Fault::DeviceCommandToUser if !is_result && request.is_of_user() => {
            state.last_command.clone().unwrap_or(answer)
        }
        Fault::DeviceCommandToUser if !is_result => given(state, answer, None),
        Fault::NeverEndingSession => command(&uuid::Uuid::new_v4().to_string(), queries("UDID")),
        fault if is_update(fault) && !is_result => match state.profile.clone() {
            Some(mut plain) => {
                profile::freshen(&mut plain);
                profile::spoil(&mut plain, fault, None);
                let signed = state.authority.sign(&profile::encode(&plain), None)?;
                let install = dict([
                    ("RequestType", "InstallProfile".into()),
                    ("Payload", Value::Data(signed)),
                ]);
                command(&uuid::Uuid::new_v4().to_string(), install)
            }
            None => answer,
        },
        _ => answer,
    })
}

/// Answers to requests that the server refused.
fn credentials(fault: Fault, answer: &Answer) -> Option<Answer> {
    if answer.status != StatusCode::FORBIDDEN {
        return None;
    }
    match fault {
        Fault::PinNotCompared
        | Fault::IdsNotCompared
        | Fault::SignatureNotDemanded
        | Fault::SignatureNotVerified => Some(Answer::new(StatusCode::OK)),
        Fault::StrangerWith401 => Some(Answer::new(StatusCode::UNAUTHORIZED)),
        Fault::StrangerToldToUnenroll => {
            let body = tillsyn_apple::errors::ErrorBody::unrecognized_device().to_plist();
            Some(Answer::new(StatusCode::FORBIDDEN).with(media::PLIST_XML, body))
        }
        _ => None,
    }
}

/// The chosen command, else the server's, else one made up; remembered as the last.
fn given(state: &mut State, answer: Answer, again: Option<Answer>) -> Answer {
    let given = match again {
        Some(again) => again,
        None if !answer.body.is_empty() => answer,
        None if state.last_command.is_none() => {
            // Not among those that are never deferred.
            let made_up = dict([("RequestType", "SecurityInfo".into())]);
            command(&uuid::Uuid::new_v4().to_string(), made_up)
        }
        None => return answer,
    };
    state.last_command = Some(given.clone());
    given
}

/// Profiles inside the server's commands get the proxy's addresses too.
fn redirect_command(state: &State, mut answer: Answer) -> Result<Answer, SimError> {
    let Ok(mut dict) = dictionary(&answer.body, Limits::RESULT) else {
        return Ok(answer);
    };
    let payload = dict
        .get_mut("Command")
        .and_then(Value::as_dictionary_mut)
        .and_then(|command| command.get_mut("Payload"));
    if let Some(Value::Data(bytes)) = payload
        && let Ok(unwrapped) = unwrap(bytes)
        && let Ok(mut plain) = profile::parse(&unwrapped.plain)
        && unwrapped.plain.windows(13).any(|w| w == b"com.apple.mdm")
    {
        profile::redirect(&mut plain, &state.public_base, &state.base);
        profile::add_root(&mut plain, &state.authority);
        *bytes = state.authority.sign(&profile::encode(&plain), None)?;
        answer.body = encode_plist(&Value::Dictionary(dict)).into();
        answer.headers.remove(header::CONTENT_LENGTH);
    }
    Ok(answer)
}

fn edit(mut answer: Answer, change: impl FnOnce(&mut Dictionary)) -> Answer {
    if let Ok(mut dict) = dictionary(&answer.body, Limits::RESULT) {
        change(&mut dict);
        answer.body = encode_plist(&Value::Dictionary(dict)).into();
        answer.headers.remove(header::CONTENT_LENGTH);
    }
    answer
}

fn moved(location: &str) -> Answer {
    let mut answer = Answer::new(StatusCode::TEMPORARY_REDIRECT);
    if let Ok(value) = HeaderValue::from_str(location) {
        answer.headers.insert(header::LOCATION, value);
    }
    answer
}

fn command(uuid: &str, request: Dictionary) -> Answer {
    let body = dict([
        ("Command", Value::Dictionary(request)),
        ("CommandUUID", uuid.into()),
    ]);
    let body = encode_plist(&Value::Dictionary(body));
    Answer::new(StatusCode::OK).with(media::PLIST_XML, body)
}

fn queries(name: &str) -> Dictionary {
    dict([
        ("RequestType", "DeviceInformation".into()),
        ("Queries", Value::Array(vec![name.into()])),
    ])
}
