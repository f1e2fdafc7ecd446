//! One-time links by mail: to open an account, and to choose another password.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_testkit::both_engines;

use super::{Browser, ELIN, OWN, elin, mail_server, mailed, person, proof, sign_in};
use crate::mail::still;

const HOUR_MS: i64 = 3_600_000;

both_engines!(
    a_link_opens_the_account_once_with_a_password_of_ones_own,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let id = person(&api, "Elin Hedström", ELIN).await;
        let path = format!("/api/v1/people/{id}/sign-in/link");
        // Without a mail server nothing is promised.
        api.post(&path, &json!({})).await.expect(409);
        let server = mail_server(&app, &api).await;
        api.post(&path, &json!({})).await.expect(204);
        let (first, to) = mailed(&app, &server).await;
        assert_eq!(to, ELIN);
        api.post(&path, &json!({})).await.expect(204);
        let (link, _) = mailed(&app, &server).await;
        let mut browser = Browser::new(&app);
        browser
            .get(&first)
            .await
            .expect(404)
            .says("This link is over");
        browser.get(&link).await.expect(200).says("Elin Hedström");
        browser
            .send_form(&link, &[("password", "elin@norrvik.example")])
            .await
            .expect(422);
        let to = browser.send_form(&link, &[("password", OWN)]).await;
        assert_eq!(to.expect(303).location(), "/portal");
        browser.get("/portal").await.expect(200);
        browser
            .send_form(&link, &[("password", "another five words here")])
            .await
            .expect(404);
        sign_in(&mut Browser::new(&app), ELIN, OWN)
            .await
            .expect(303);
        // The code is nowhere but in the mail.
        let code = link.rsplit('/').next().unwrap().to_owned();
        let canary = [tillsyn_testkit::canaries::Canary::new("code", &code)];
        for (table, column, value) in tillsyn_testkit::canaries::cells(&app.db()).await {
            let found = tillsyn_testkit::canaries::found_in(&canary, value);
            assert_eq!(found, [""; 0], "{table}.{column}");
        }
    }
);

both_engines!(
    whoever_asks_for_another_password_hears_the_same_and_only_a_person_gets_mail,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = mail_server(&app, &api).await;
        let (_, mut browser) = elin(&app, &api).await;
        let ask = async |email: &str| {
            Browser::new(&app)
                .send_form("/portal/forgotten", &[("login", email)])
                .await
                .expect(200)
                .html
        };
        let known = ask(ELIN).await;
        let unknown = ask("stranger@norrvik.example").await;
        assert_eq!(known, unknown);
        let (link, to) = mailed(&app, &server).await;
        assert_eq!((to.as_str(), server.received().len()), (ELIN, 1));
        // Nothing changed for whoever is signed in, until the link is used.
        browser.get("/portal").await.expect(200);
        let mut owner = Browser::new(&app);
        owner.get(&link).await.expect(200).says("new password");
        owner
            .send_form(&link, &[("password", "nine slow boats at sea")])
            .await
            .expect(303);
        browser.get("/portal").await.expect(303);
        sign_in(&mut Browser::new(&app), ELIN, OWN)
            .await
            .expect(401);
        // It ends after an hour, and one box is not filled by asking on.
        for _ in 0..6 {
            ask(ELIN).await;
        }
        let (late, _) = mailed(&app, &server).await;
        assert!(server.received().len() <= 4, "{}", server.received().len());
        app.clock.advance_ms(HOUR_MS + 1);
        owner.get(&late).await.expect(404);
    }
);

both_engines!(
    whom_a_provider_vouches_for_gets_no_password_by_a_link,
    still(),
    |app| async move {
        const PROVIDER: &str = "INSERT INTO oidc_provider (id, org_unit_id, name, issuer, client_id, scopes, \
            algorithms, hosts, groups_claim, second_factor_values, created_at, updated_at, people) \
            SELECT $1, id, 'Norrvik ID', 'https://id.norrvik.example', 'tillsyn', '[]', '[]', '[]', 'groups', \
            '[]', 0, 0, 1 FROM org_unit WHERE parent_id IS NULL";
        const IDENTITY: &str = "INSERT INTO person_identity (provider_id, subject, person_id, created_at) \
            VALUES ($1, 'elin', $2, 0)";
        const NOBODY: &str = "01900000-0000-7000-8000-000000000000";
        let api = app.owner_api().await;
        let server = mail_server(&app, &api).await;
        let id = person(&api, "Elin Hedström", ELIN).await;
        let path = format!("/api/v1/people/{id}/sign-in");
        api.post(&format!("{path}/link"), &json!({}))
            .await
            .expect(204);
        let (link, _) = mailed(&app, &server).await;
        app.db().execute(PROVIDER, args![NOBODY]).await.unwrap();
        app.db()
            .execute(IDENTITY, args![NOBODY, id.as_str()])
            .await
            .unwrap();
        assert_eq!(api.get(&path).await.expect(200)["way"], "provider");
        let mut browser = Browser::new(&app);
        browser.get(&link).await.expect(404);
        browser
            .send_form(&link, &[("password", OWN)])
            .await
            .expect(404);
        api.post(&format!("{path}/link"), &json!({}))
            .await
            .expect(409);
        api.post(&format!("{path}/password"), &proof())
            .await
            .expect(409);
    }
);
