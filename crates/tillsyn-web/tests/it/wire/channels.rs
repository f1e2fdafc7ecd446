//! User channels: own keys, own queue, one certificate (core sheet §1, §2, §13).

use tillsyn_apple::checkin::CheckOut;
use tillsyn_apple::ids::Topic;
use tillsyn_apple::result::CommandResult;
use tillsyn_db::args;
use tillsyn_testkit::{TestApp, both_engines};

use super::shapes::{check_in, device_ids, is_empty, token_update, user_ids};

const SHARED: &str = "ffffffff-FFFF-FFFF-FFFF-FFFFFFFFFFFF";

async fn key_of(app: &TestApp, name: &str) -> (Vec<u8>, String) {
    const FIND: &str = "SELECT push_token, push_magic FROM channel WHERE name = $1";
    let row = app
        .db()
        .query_optional(FIND, args![name])
        .await
        .unwrap()
        .unwrap();
    (row.blob(0).unwrap(), row.text(1).unwrap())
}

// Core sheet §13, case 11.
both_engines!(
    a_shared_ipad_user_does_not_overwrite_the_device_token,
    |app| async move {
        let mut ipad = app.enrolled_iphone().await;
        let before = key_of(&app, "device").await;
        let topic = app.topic.clone();
        for (short, token) in [
            ("elin@example.org", b"token-elin"),
            ("guest-1", b"token-gues"),
        ] {
            let ids = user_ids(&ipad, SHARED, short);
            let mut joins = token_update(ids, &topic, token, short);
            joins.awaiting_configuration = Some(true);
            assert!(is_empty(&check_in(&mut ipad, joins.to_plist()).await));
        }
        assert_eq!(key_of(&app, "device").await, before);
        assert_eq!(key_of(&app, "user:elin@example.org").await.0, b"token-elin");
        assert_eq!(key_of(&app, "user:guest-1").await.1, "guest-1");
        let awaiting = "SELECT count(*) FROM channel WHERE awaiting_configuration = 1";
        assert_eq!(app.count(awaiting).await, 2);
        // The sentinel without a name is nobody.
        let mut nobody = user_ids(&ipad, SHARED, "x");
        nobody.user_short_name = None;
        let body = token_update(nobody, &topic, b"t", "m").to_plist();
        assert_eq!(check_in(&mut ipad, body).await.status, 400);
        assert_eq!(app.count("SELECT count(*) FROM channel").await, 3);
    }
);

// Core sheet §13, case 16.
both_engines!(
    two_channels_have_separate_queues_and_one_certificate,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let topic = app.topic.clone();
        let user = user_ids(&mac, "0A1B", "elin");
        let joins = token_update(user.clone(), &topic, b"user-token", "USER").to_plist();
        check_in(&mut mac, joins.clone()).await;
        // One command waits on the device channel.
        let id = crate::device::story::only_device(&app).await;
        let query = tillsyn_core::commands::Request::SecurityInfo {};
        tillsyn_core::commands::enqueue(
            &app.core,
            &app.owner,
            crate::device::story::plain(&id, query),
        )
        .await
        .unwrap();
        let idle = CommandResult::idle(user.clone()).to_plist();
        let of_user = mac.put_raw(false, idle).await.unwrap();
        assert!(is_empty(&of_user), "the user's queue is its own");
        let idle = CommandResult::idle(device_ids(&mac)).to_plist();
        let of_device = mac.put_raw(false, idle).await.unwrap();
        assert!(!of_device.body.is_empty());
        let pins = "SELECT count(DISTINCT e.pin_sha256) FROM channel ch \
            JOIN enrollment e ON e.id = ch.enrollment_id";
        assert_eq!(app.count(pins).await, 1);

        // A CheckOut of the user ends that channel alone.
        let leaves = CheckOut {
            ids: user.clone(),
            topic: Topic::new(&topic).unwrap(),
        };
        assert!(is_empty(&check_in(&mut mac, leaves.to_plist()).await));
        let open = "SELECT count(*) FROM channel WHERE ended_at IS NULL AND name = 'device'";
        assert_eq!(app.count(open).await, 1);
        let ended =
            "SELECT count(*) FROM channel WHERE ended_at IS NOT NULL AND name = 'user:0A1B'";
        assert_eq!(app.count(ended).await, 1);
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'active'")
                .await,
            1
        );

        // The user comes and goes again, in the very same words; a body sent twice changes nothing.
        for (body, count) in [(joins, 0), (leaves.to_plist(), 1)] {
            for _ in 0..2 {
                assert!(is_empty(&check_in(&mut mac, body.clone()).await));
                assert_eq!(app.count(ended).await, count);
            }
        }

        // The end of the device's enrollment ends every channel.
        let back = token_update(user, &topic, b"user-token-2", "USER2").to_plist();
        check_in(&mut mac, back).await;
        mac.person_removes_profile().await.unwrap();
        assert_eq!(
            app.count("SELECT count(*) FROM channel WHERE ended_at IS NULL")
                .await,
            0
        );
    }
);

// Core sheet §13, case 2.
both_engines!(
    a_token_update_without_unlock_token_keeps_the_old_one,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let held = "SELECT count(*) FROM escrow WHERE kind = 'unlock_token'";
        assert_eq!(app.count(held).await, 1);
        let topic = app.topic.clone();
        let body = token_update(device_ids(&iphone), &topic, b"fresh", "FRESH").to_plist();
        assert!(is_empty(&check_in(&mut iphone, body.clone()).await));
        assert_eq!(app.count(held).await, 1);
        assert_eq!(
            key_of(&app, "device").await,
            (b"fresh".to_vec(), "FRESH".to_owned())
        );
        // An old body that comes again changes nothing.
        let newer = token_update(device_ids(&iphone), &topic, b"newer", "NEWER").to_plist();
        check_in(&mut iphone, newer).await;
        check_in(&mut iphone, body).await;
        assert_eq!(key_of(&app, "device").await.1, "NEWER");
    }
);

both_engines!(
    a_profile_announces_user_channels_and_bootstrap_tokens_once,
    |app| async move {
        let mac = app.enrolled_mac().await;
        let capabilities = &mac.enrollment_profile().unwrap().server_capabilities;
        assert!(
            capabilities
                .iter()
                .any(|c| c == "com.apple.mdm.per-user-connections")
        );
        assert!(
            capabilities
                .iter()
                .any(|c| c == "com.apple.mdm.bootstraptoken")
        );
        let kept = app
            .text("SELECT server_capabilities FROM enrollment")
            .await
            .unwrap();
        let kept: Vec<String> = serde_json::from_str(&kept).unwrap();
        assert_eq!(
            &kept, capabilities,
            "an update repeats what the enrollment got"
        );
    }
);
