//! The pages of invitations to many: looked at, sent, who is where, written to again; and the policy.

use tillsyn_standins::smtp::{SmtpMode, SmtpStandin};
use tillsyn_testkit::{AppOptions, both_engines};

use super::Browser;

fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

both_engines!(
    a_list_is_looked_at_then_sent_and_followed,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut owner = Browser::owner(&app).await;
        let page = owner.get("/console/enrollment/send").await.expect(200);
        page.says("There is no mail server yet");
        let server = SmtpStandin::start(SmtpMode::Plain, None, app.clock.now_ms())
            .await
            .unwrap();
        let settings = serde_json::json!({ "host": "127.0.0.1", "port": server.port(), "tls": "none",
            "user": null, "password": null, "from": "mdm@example.org" });
        api.put("/api/v1/mail", &settings).await.expect(200);

        let to = [("to", "file"), ("label", "Autumn"), ("skip_open", "1")];
        let none = [("to", "people"), ("emails", " ")];
        owner
            .upload("/console/enrollment/send", &none, &[])
            .await
            .expect(422)
            .says("Name at least one person");
        let file = [("file", "name,email\nElin,elin@example.org\nOmar,nowhere\n")];
        let made = owner
            .upload("/console/enrollment/send", &to, &file)
            .await
            .expect(303);
        let at = made.location().to_owned();
        let page = owner.get(&at).await.expect(200);
        page.says("1 person gets a mail.");
        page.says("“nowhere” is no mail address");
        page.says("Is added to the list of people");
        let act = format!("{at}/begin");
        let stale = owner.post(&act, &[("digest", "0")]).await.expect(409);
        stale.says("This is another list than you looked at.");
        let form = page.fields(&act);
        let fields: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        owner.post(&act, &fields).await.expect(303);
        app.run_job("invitations").await;
        app.run_job("mail").await;
        let page = owner.get(&at).await.expect(200);
        page.says("Mail sent 1");
        page.says("Cannot be used 1");
        let only = owner.get(&format!("{at}?step=mail_sent")).await.expect(200);
        only.says("Elin");
        only.says_not("Omar");
        let csv = owner.get(&format!("{at}/people.csv")).await.expect(200);
        csv.says("elin@example.org,Norrvik University,mail_sent");
        let again = [("step", "mail_sent")];
        owner
            .post(&format!("{at}/resend"), &again)
            .await
            .expect(303);
        app.run_job("invitations").await;
        app.run_job("mail").await;
        assert_eq!(server.received().len(), 2);
        let open = "SELECT id FROM invitation WHERE status = 'open'";
        let id = app.text(open).await.unwrap();
        let path = format!("/console/enrollment/invitations/{id}/resend");
        let page = owner.post(&path, &[]).await.expect(200);
        page.says("A new invitation is on its way");
        owner
            .get("/console/enrollment/batches")
            .await
            .expect(200)
            .says("Autumn");
    }
);

both_engines!(
    pins_to_hand_over_are_shown_on_one_answer,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut owner = Browser::owner(&app).await;
        let server = SmtpStandin::start(SmtpMode::Plain, None, app.clock.now_ms())
            .await
            .unwrap();
        let settings = serde_json::json!({ "host": "127.0.0.1", "port": server.port(), "tls": "none",
            "user": null, "password": null, "from": "mdm@example.org" });
        api.put("/api/v1/mail", &settings).await.expect(200);
        let policy = serde_json::json!({ "pin": "shown" });
        api.put("/api/v1/settings/invitations", &policy)
            .await
            .expect(200);
        for (form, name) in [("page", "Elin"), ("csv", "Omar")] {
            let file = format!("name,email\n{name},{name}@example.org\n");
            let to = [("to", "file"), ("label", name)];
            let made = owner
                .upload("/console/enrollment/send", &to, &[("file", &file)])
                .await
                .expect(303);
            let at = made.location().to_owned();
            let page = owner.get(&at).await.expect(200);
            let digest = page.between("name=\"digest\" value=\"", "\"");
            let begin = [("digest", digest.as_str())];
            owner.post(&format!("{at}/begin"), &begin).await.expect(303);
            app.run_job("invitations").await;
            owner
                .get(&at)
                .await
                .expect(200)
                .says("1 PIN waits to be handed over.");
            let pins = format!("{at}/pins");
            let told = owner.post(&pins, &[("form", form)]).await.expect(200);
            told.says(name);
            assert_eq!(told.headers["cache-control"], "no-store");
            let pin = match form {
                "csv" => told.html.trim().rsplit(',').next().unwrap().to_owned(),
                _ => told.between("class=\"mono\">", "<"),
            };
            assert_eq!(pin.len(), 8, "{}", told.html);
            let again = owner.post(&pins, &[("form", form)]).await.expect(409);
            again.says("There are no PINs to hand over");
            let page = owner.get(&at).await.expect(200);
            page.says_not("waits to be handed over");
            page.says_not(&pin);
        }
    }
);

both_engines!(a_unit_invites_as_it_likes, still(), |app| async move {
    let mut owner = Browser::owner(&app).await;
    let at = "/console/settings/invitations";
    let unit = app.text("SELECT id FROM org_unit").await.unwrap();
    let wrong = [("unit", unit.as_str()), ("days", "many"), ("after", "2")];
    let page = owner.post(at, &wrong).await.expect(422);
    page.says("An invitation lives 1 to 90 days");
    let right = [
        ("unit", unit.as_str()),
        ("pin", "mail"),
        ("days", "30"),
        ("after", "3, 7"),
        ("before", "0"),
        ("limit", "2"),
    ];
    let to = owner.post(at, &right).await.expect(303);
    let page = owner.get(to.location()).await.expect(200);
    for text in [
        "PIN in the mail with the link",
        "Lives 30 days",
        "Reminders, days after it was sent: 3, 7",
        "At most 2 devices each",
    ] {
        page.says(text);
    }
    page.says_not("days before the end: ");
});
