//! Every check-in message and every kind of channel against this server, from devices that record each
//! breach of the protocol.

use tillsyn_sim::{Device, DeviceConfig, LogIn, SimError};
use tillsyn_testkit::{TestApp, both_engines};

/// Through the steps of an enrollment one by one, without what follows it.
async fn enroll_bare(app: &TestApp, device: &mut Device) {
    let invitation = app.invite_with(|new| new.may_replace = true).await;
    let attempt = device
        .take_invitation(&app.url(), &invitation.code, None)
        .await
        .unwrap();
    let profile = device.download_profile(&attempt.profile_url).await.unwrap();
    device.accept_profile(&profile).await.unwrap();
    device.authenticate().await.unwrap();
    device.token_update().await.unwrap();
}

async fn other_messages(device: &mut Device) {
    device.synchronise_declarations(0).await.unwrap();
    device.probe_declarative().await.unwrap();
    device.ask_return_to_service().await.unwrap();
    match device.get_token("com.apple.maid").await {
        Err(SimError::Refused { status, .. }) => assert_ne!(status, 401),
        other => panic!("no token is to be had: {other:?}"),
    }
    assert!(device.is_enrolled());
}

both_engines!(
    every_message_of_a_mac_is_served_without_a_breach,
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        assert_eq!(mac.channel_names().len(), 2, "the device and its user");
        let own = mac.bootstrap_token().unwrap().to_vec();
        assert_eq!(mac.get_bootstrap_token().await.unwrap(), Some(own));
        mac.set_bootstrap_token(None).await.unwrap();
        assert_eq!(mac.get_bootstrap_token().await.unwrap(), None);
        mac.set_bootstrap_token(Some(b"a second token"))
            .await
            .unwrap();
        other_messages(&mut mac).await;
        mac.synchronise_declarations(1).await.unwrap();
        let outcome = mac.network_user_logs_in("nils", "Nils", "secret").await;
        let outcome = outcome.unwrap();
        let LogIn::Managed(channel) = outcome else {
            panic!("a network user is managed: {outcome:?}");
        };
        mac.session_on(channel).await.unwrap();
        mac.user_checks_out(channel).await.unwrap();
        mac.user_checks_out(1).await.unwrap();
        // The end of a user is nobody else's.
        mac.sessions().await.unwrap();
        assert_eq!(mac.violations(), []);

        // Core sheet §4: what was escrowed belongs to the enrollment.
        let mut again = app.device(mac.config().clone());
        enroll_bare(&app, &mut again).await;
        assert_eq!(again.get_bootstrap_token().await.unwrap(), None);
        assert_eq!(again.violations(), []);
        assert!(mac.sessions().await.is_err(), "superseded");
    }
);

both_engines!(
    people_on_a_shared_ipad_have_channels_of_their_own,
    |app| async move {
        let config = DeviceConfig::ipad(app.next()).with_os("18.2", "22C152");
        let mut ipad = app.enrolled(config.shared_ipad()).await;
        let token = ipad.tokens()[0].token.clone();
        let anna = ipad.shared_user_signs_in("anna@example.org").await.unwrap();
        ipad.session_on(anna).await.unwrap();
        let guest = ipad.guest_signs_in().await.unwrap();
        ipad.session_on(guest).await.unwrap();
        ipad.session().await.unwrap();
        other_messages(&mut ipad).await;
        // Core sheet §13 case 11: a person's TokenUpdate leaves the device's token alone.
        assert_eq!(ipad.tokens()[0].token, token);
        assert_eq!(
            app.count("SELECT count(*) FROM channel WHERE name LIKE 'user:%'")
                .await,
            2
        );
        ipad.user_checks_out(guest).await.unwrap();
        ipad.sessions().await.unwrap();
        assert_eq!(ipad.violations(), []);
    }
);

both_engines!(
    binary_plists_and_absent_unlock_tokens_are_as_good,
    |app| async move {
        let config = DeviceConfig::iphone(app.next()).with_binary_plists();
        let mut iphone = app.enrolled(config).await;
        iphone.session().await.unwrap();
        iphone.renew_token_without_unlock_token().await.unwrap();
        assert_eq!(
            app.count("SELECT count(*) FROM escrow WHERE kind = 'unlock_token'")
                .await,
            1
        );
        other_messages(&mut iphone).await;
        assert_eq!(iphone.violations(), []);
    }
);
