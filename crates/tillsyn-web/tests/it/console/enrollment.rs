//! Invitations: link, QR code and PIN once; attempts with cause and remedy.

use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::Browser;

both_engines!(
    an_invitation_shows_its_link_and_pin_once,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let fields = [
            ("person", "Elin Hedström"),
            ("email", "elin@example.org"),
            ("ownership", "corporate"),
            ("pin", "true"),
            ("days", "7"),
            ("uses", "1"),
        ];
        let created = owner
            .post("/console/enrollment/new", &fields)
            .await
            .expect(200);
        assert_eq!(created.headers["cache-control"], "no-store");
        let link = created.between("data-copy=\"http", "\"");
        assert!(link.contains("/e/"), "{link}");
        created.says("class=\"qr\"");
        created.says("Shown now, once");
        let pin = created.between("<dt>PIN</dt><dd><span class=\"copy\"><code>", "</code>");
        assert_eq!(pin.len(), 8);

        let id = app.text("SELECT id FROM invitation").await.unwrap();
        let at = format!("/console/enrollment/invitations/{id}");
        let later = owner.get(&at).await.expect(200);
        later.says_not(&link);
        later.says_not(&pin);
        later.says("Maja Bergqvist");
        owner
            .get("/console/enrollment/invitations")
            .await
            .expect(200)
            .says("Elin Hedström");

        let renewed = owner
            .post(&format!("{at}/renew-pin"), &[])
            .await
            .expect(200);
        renewed.says_not(&pin);
        renewed.says("It cannot be shown again.");
        let to = owner.post(&format!("{at}/revoke"), &[]).await.expect(303);
        let page = owner.get(to.location()).await.expect(200);
        page.says("The invitation no longer works");
        page.says("Revoked");
        let again = owner.post(&format!("{at}/revoke"), &[]).await.expect(409);
        again.says("This invitation is over already");
        let revoked = owner
            .get("/console/enrollment/invitations?status=revoked")
            .await
            .expect(200);
        revoked.says("Elin Hedström");
        owner
            .get("/console/enrollment/invitations?status=open")
            .await
            .expect(200)
            .says("Nothing matches");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let usual = [("ownership", "corporate"), ("days", "14"), ("uses", "1")];
    let cases = [
        (vec![], "Say whom it is for, or give it a label"),
        (
            vec![("email", "a@example.org"), ("label", "x")],
            "A mail address needs the person’s name",
        ),
        (
            vec![("person", "A"), ("email", "nonsense")],
            "This is not a mail address",
        ),
        (
            vec![("label", "Loan"), ("days", "900")],
            "Enter a number from 1 to 90",
        ),
        (
            vec![("label", "Loan"), ("uses", "many")],
            "Enter a number from 1 to 1,000",
        ),
    ];
    for (fields, says) in cases {
        let mut form = usual.to_vec();
        form.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        form.extend(&fields);
        let page = owner
            .post("/console/enrollment/new", &form)
            .await
            .expect(422);
        page.says(says);
        for (_, value) in fields {
            page.says(&format!("value=\"{value}\""));
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_tells_its_steps() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let id = app.text("SELECT id FROM attempt").await.unwrap();
    let mut owner = Browser::owner(&app).await;
    let page = owner
        .get(&format!("/console/enrollment/attempts/{id}"))
        .await
        .expect(200);
    for step in [
        "Opened",
        "Profile fetched",
        "Certificate issued",
        "Enrolled",
        "Ready",
    ] {
        page.says(step);
    }
    page.says("127.0.0.1");
    let failed = "UPDATE attempt SET status = 'failed', failed_step = 'authenticated', \
        cause = 'device_of_another'";
    app.db().execute(failed, Vec::new()).await.unwrap();
    let page = owner
        .get(&format!("/console/enrollment/attempts/{id}"))
        .await
        .expect(200);
    page.says("This device is already managed, for somebody else.");
    page.says("Retire the device first");
    page.says("What the person sees");
}
