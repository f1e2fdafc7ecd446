//! Codes that are typed in the place of a link: guessed, and by whom.

use tillsyn_core::Kind;
use tillsyn_core::accounts::Caller;
use tillsyn_core::invitations;
use tillsyn_testkit::both_engines;

use super::still;

both_engines!(typed_codes_cannot_be_guessed, still(), |app| async move {
    let invitation = app.invite().await;
    let caller = |address: &str| Caller::from(Some(address.to_owned()));
    let typed = async |text: &str, from: &str| {
        invitations::by_typed_code(&app.core, text, &caller(from)).await
    };
    assert_eq!(
        typed("no code", "192.0.2.1").await.err().unwrap().code,
        "typed_code"
    );
    let mut answers = Vec::new();
    for _ in 0..25 {
        answers.push(typed("0000-0000", "192.0.2.1").await.err().unwrap().code);
    }
    assert_eq!(
        (answers[0], answers[24]),
        ("not_found", "too_many_failures")
    );
    let right = invitation.typed_code.as_str();
    let closed = typed(right, "192.0.2.1").await.err().unwrap();
    assert!(matches!(closed.kind, Kind::TooMany { .. }));
    // Others are not held up, and right ones count for nothing.
    for _ in 0..40 {
        typed(right, "192.0.2.2").await.unwrap();
    }
    invitations::revoke_invitation(&app.core, &app.owner, &invitation.id)
        .await
        .unwrap();
    assert_eq!(
        typed(right, "192.0.2.2").await.err().unwrap().kind,
        Kind::NotFound
    );
});

both_engines!(
    a_flood_of_wrong_typed_codes_keeps_nobody_out_who_has_a_right_one,
    still(),
    |app| async move {
        let invitation = app.invite().await;
        let right = invitation.typed_code.as_str();
        let typed = async |text: &str, from: String| {
            let caller = Caller::from(Some(from));
            invitations::by_typed_code(&app.core, text, &caller).await
        };
        // Forty networks of sixteen addresses each, and each guesses as often as one may.
        for network in 0..40 {
            for address in 1..=16 {
                let from = format!("10.9.{network}.{address}");
                let wrong = typed("0000-0000", from).await.err().unwrap();
                assert_eq!(wrong.kind, Kind::NotFound, "{network}.{address}");
            }
        }
        // Everybody else goes on, and mistypes a few times.
        for _ in 0..3 {
            typed("0000-0000", "192.0.2.7".to_owned())
                .await
                .err()
                .unwrap();
        }
        let closed = typed(right, "192.0.2.7".to_owned()).await.err().unwrap();
        assert!(
            matches!(closed.kind, Kind::TooMany { .. }),
            "three are free"
        );
        for last in 8..40 {
            typed(right, format!("192.0.2.{last}")).await.unwrap();
        }
        // Whoever has a whole network at hand has little of it.
        let mut answers = Vec::new();
        for last in 1..=40 {
            let from = format!("2001:db8:7:{last:x}::1");
            answers.push(typed("0000-0000", from).await.err().unwrap().code);
        }
        assert_eq!(
            (answers[0], answers[39]),
            ("not_found", "too_many_failures")
        );
        typed(right, "2001:db8:8::1".to_owned()).await.unwrap();
    }
);
