//! The check-in messages beside enrollment, over real HTTP on both engines.

use std::sync::Arc;

use plist::Value;
use tillsyn_core::platform::apple::{TokenProvider, TokenRefusal, TokenRequest};
use tillsyn_core::settings::{self, AppleDevices};
use tillsyn_testkit::both_engines;

use super::shapes::{
    check_in, declarative, device_ids, get_bootstrap, get_token, is_empty, json, return_to_service,
    set_bootstrap, token_update, user_authenticate, user_ids, value,
};

fn data(bytes: &[u8]) -> Value {
    Value::Data(bytes.to_vec())
}

both_engines!(
    a_bootstrap_token_is_kept_replaced_and_deleted,
    |app| async move {
        let mut ipad = app.enrolled_iphone().await;
        let ids = device_ids(&ipad);
        // None stored: 200 with zero bytes of data, not an error.
        let none = check_in(&mut ipad, get_bootstrap(ids.clone())).await;
        assert_eq!(value(&none, "BootstrapToken"), Some(data(b"")));

        let first = set_bootstrap(ids.clone(), Some(b"canary-bootstrap-1"));
        assert!(is_empty(&check_in(&mut ipad, first.clone()).await));
        let second = set_bootstrap(ids.clone(), Some(b"canary-bootstrap-2"));
        assert!(is_empty(&check_in(&mut ipad, second).await));
        let held = check_in(&mut ipad, get_bootstrap(ids.clone())).await;
        assert_eq!(
            value(&held, "BootstrapToken"),
            Some(data(b"canary-bootstrap-2"))
        );
        // A recorded message does not bring the old token back.
        assert!(is_empty(&check_in(&mut ipad, first.clone()).await));
        let held = check_in(&mut ipad, get_bootstrap(ids.clone())).await;
        assert_eq!(
            value(&held, "BootstrapToken"),
            Some(data(b"canary-bootstrap-2"))
        );

        // Deleted, without and with an empty token, as often as the device says so; then set once more.
        for body in [
            set_bootstrap(ids.clone(), None),
            set_bootstrap(ids.clone(), Some(b"")),
        ] {
            assert!(is_empty(&check_in(&mut ipad, first.clone()).await));
            let held = check_in(&mut ipad, get_bootstrap(ids.clone())).await;
            assert_ne!(value(&held, "BootstrapToken"), Some(data(b"")));
            assert!(is_empty(&check_in(&mut ipad, body).await));
            let none = check_in(&mut ipad, get_bootstrap(ids.clone())).await;
            assert_eq!(value(&none, "BootstrapToken"), Some(data(b"")));
        }
        let events = "SELECT count(*) FROM event WHERE action = 'device.bootstrap_token'";
        assert!(app.count(events).await >= 4);
        let leaked = "SELECT count(*) FROM event WHERE details LIKE '%canary-bootstrap%'";
        assert_eq!(app.count(leaked).await, 0);
    }
);

both_engines!(
    a_bootstrap_token_ends_with_its_enrollment,
    |app| async move {
        let mut ipad = app.enrolled_iphone().await;
        let ids = device_ids(&ipad);
        check_in(&mut ipad, set_bootstrap(ids.clone(), Some(b"old"))).await;
        let held = "SELECT count(*) FROM escrow WHERE kind = 'bootstrap_token'";
        assert_eq!(app.count(held).await, 1);
        ipad.person_removes_profile().await.unwrap();
        assert_eq!(app.count(held).await, 0);
        let invitation = app.invite_with(|new| new.may_replace = true).await;
        let mut again = app.device(ipad.config().clone());
        again.enroll(&app.by(&invitation)).await.unwrap();
        let none = check_in(&mut again, get_bootstrap(ids)).await;
        assert_eq!(value(&none, "BootstrapToken"), Some(data(b"")));
    }
);

// Core sheet §13, case 12.
both_engines!(
    return_to_service_unconfigured_is_not_enabled,
    |app| async move {
        let mut ipad = app.enrolled_iphone().await;
        let ids = device_ids(&ipad);
        let asked = return_to_service(ids.clone());
        let inner = |answer: Option<Value>| answer.unwrap().into_dictionary().unwrap();
        let reply = check_in(&mut ipad, asked.clone()).await;
        let reply = inner(value(&reply, "ReturnToService"));
        assert_eq!(reply.get("Enabled"), Some(&Value::Boolean(false)));
        assert_eq!(reply.len(), 1);

        let on = AppleDevices {
            return_to_service: true,
            ..AppleDevices::default()
        };
        settings::set_apple_devices(&app.core, &app.owner, on)
            .await
            .unwrap();
        let reply = check_in(&mut ipad, asked.clone()).await;
        let reply = inner(value(&reply, "ReturnToService"));
        assert_eq!(reply.get("Enabled"), Some(&Value::Boolean(true)));
        assert_eq!(reply.get("BootstrapToken"), None);
        check_in(&mut ipad, set_bootstrap(ids, Some(b"token"))).await;
        let reply = check_in(&mut ipad, asked).await;
        let reply = inner(value(&reply, "ReturnToService"));
        assert_eq!(reply.get("BootstrapToken").cloned(), Some(data(b"token")));
    }
);

both_engines!(
    the_declarative_set_is_empty_and_correct_on_each_channel,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        let topic = app.topic.clone();
        let user = user_ids(&mac, "0A1B", "elin");
        let joins = token_update(user.clone(), &topic, b"user-token", "USER").to_plist();
        check_in(&mut mac, joins).await;
        for ids in [device_ids(&mac), user.clone()] {
            let tokens = json(&check_in(&mut mac, declarative(ids.clone(), "tokens", None)).await);
            let items = declarative(ids.clone(), "declaration-items", None);
            let items = json(&check_in(&mut mac, items).await);
            let token = &tokens["SyncTokens"]["DeclarationsToken"];
            assert_eq!(token, &items["DeclarationsToken"]);
            for list in ["Activations", "Assets", "Configurations", "Management"] {
                assert_eq!(items["Declarations"][list], serde_json::json!([]));
            }
            let again = json(&check_in(&mut mac, declarative(ids.clone(), "tokens", None)).await);
            assert_eq!(again, tokens, "the timestamp moves with the token only");
            for (endpoint, status) in [
                ("declaration/configuration/a/b", 404),
                ("declaration/asset", 400),
                ("everything", 400),
            ] {
                let answer = check_in(&mut mac, declarative(ids.clone(), endpoint, None)).await;
                assert_eq!(answer.status.as_u16(), status, "{endpoint}");
            }
        }
    }
);

both_engines!(
    status_reports_are_kept_bounded_and_per_channel,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        let ids = device_ids(&mac);
        let report = |n: usize| {
            format!(
                r#"{{"StatusItems":{{"n":{n}}},"Errors":[{{"StatusItem":"x.y","Reasons":[]}}]}}"#
            )
        };
        for n in 0..12 {
            let body = declarative(ids.clone(), "status", Some(&report(n)));
            assert!(is_empty(&check_in(&mut mac, body.clone()).await));
            // The answer was lost: the same report again is no second one.
            assert!(is_empty(&check_in(&mut mac, body).await));
        }
        assert_eq!(app.count("SELECT count(*) FROM status_report").await, 10);
        let oldest = app
            .text("SELECT body FROM status_report ORDER BY received_at, id LIMIT 1")
            .await;
        assert_eq!(oldest.as_deref(), Some(r#"{"StatusItems":{"n":2}}"#));
        let complaints = "SELECT count(*) FROM status_report WHERE errors LIKE '%x.y%'";
        assert_eq!(app.count(complaints).await, 10);
        // After 500 a device sends the same report for ever: a malformed one gets 400.
        for malformed in ["", "[]", "{", r#"{"a":1,"a":2}"#] {
            let body = declarative(ids.clone(), "status", Some(malformed));
            assert_eq!(check_in(&mut mac, body).await.status, 400, "{malformed}");
        }
        assert_eq!(app.count("SELECT count(*) FROM status_report").await, 10);
    }
);

both_engines!(network_users_are_managed_or_left_alone, |app| async move {
    let mut mac = app.enrolled_mac().await;
    let ids = user_ids(&mac, "0A1B", "elin");
    let asked = user_authenticate(ids);
    let reply = check_in(&mut mac, asked.clone()).await;
    assert_eq!(
        value(&reply, "DigestChallenge"),
        Some(Value::String(String::new()))
    );
    let off = AppleDevices {
        manage_network_users: false,
        ..AppleDevices::default()
    };
    settings::set_apple_devices(&app.core, &app.owner, off)
        .await
        .unwrap();
    let reply = check_in(&mut mac, asked).await;
    assert_eq!(reply.status, 410);
    assert!(app.actions().await.contains(&"settings.change".to_owned()));
});

struct Fixed(Result<&'static [u8], TokenRefusal>);

impl TokenProvider for Fixed {
    fn token<'a>(
        &'a self,
        request: &'a TokenRequest,
    ) -> tillsyn_db::BoxFuture<'a, Result<Vec<u8>, TokenRefusal>> {
        assert_eq!(request.service, "com.apple.maid");
        Box::pin(async { self.0.map(<[u8]>::to_vec) })
    }
}

both_engines!(
    a_token_comes_from_a_provider_or_is_refused_in_words,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let asked = get_token(device_ids(&iphone));
        let reply = check_in(&mut iphone, asked.clone()).await;
        assert_eq!(reply.status, 404);
        assert!(String::from_utf8_lossy(&reply.body).contains("se.tillsyn.token.not-served"));
        let announced =
            "SELECT count(*) FROM enrollment WHERE server_capabilities LIKE '%mdm.token%'";
        assert_eq!(app.count(announced).await, 0);

        app.core.set_token_provider(Arc::new(Fixed(Ok(b"jwt"))));
        let reply = check_in(&mut iphone, asked.clone()).await;
        assert_eq!(value(&reply, "TokenData"), Some(data(b"jwt")));
        app.enrolled_iphone().await;
        assert_eq!(app.count(announced).await, 1);

        app.core
            .set_token_provider(Arc::new(Fixed(Err(TokenRefusal::Unavailable))));
        assert_eq!(check_in(&mut iphone, asked).await.status, 503);
    }
);

both_engines!(
    an_unknown_message_is_refused_and_counted,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let udid = iphone.udid().to_owned();
        let body = format!(
            "<plist><dict><key>MessageType</key><string>Reboot</string>\
             <key>UDID</key><string>{udid}</string></dict></plist>"
        );
        let answer = check_in(&mut iphone, body.into_bytes()).await;
        assert_eq!(answer.status, 400);
        let counted = "SELECT times FROM stranger WHERE kind = 'unknown_message'";
        assert_eq!(app.count(counted).await, 1);
        // Neither id: malformed.
        let body = b"<plist><dict><key>MessageType</key><string>CheckOut</string>\
            <key>Topic</key><string>x</string></dict></plist>";
        assert_eq!(check_in(&mut iphone, body.to_vec()).await.status, 400);
    }
);

both_engines!(
    binary_property_lists_are_read_on_every_route,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let binary = |xml: &[u8]| {
            let value = plist::Value::from_reader_xml(xml).unwrap();
            let mut bytes = Vec::new();
            plist::to_writer_binary(&mut bytes, &value).unwrap();
            bytes
        };
        let ids = device_ids(&iphone);
        let asked = binary(&get_bootstrap(ids.clone()));
        let reply = check_in(&mut iphone, asked).await;
        assert_eq!(value(&reply, "BootstrapToken"), Some(data(b"")));
        let idle = tillsyn_apple::result::CommandResult::idle(ids).to_plist();
        let reply = iphone.put_raw(false, binary(&idle)).await.unwrap();
        assert!(value(&reply, "Command").is_some());
    }
);
