//! The pages of the audit trail, and what a person's page says of their data.

use tillsyn_core::jobs;
use tillsyn_testkit::both_engines;

use super::Browser;

both_engines!(
    the_trail_is_read_exported_and_kept_in_the_console,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let elin = [("name", "Elin Berg"), ("email", "elin@example.org")];
        let at = owner.post("/console/people", &elin).await.expect(303);
        let at = at.location().to_owned();
        jobs::run(&app.core, "audit").await.unwrap();
        jobs::run(&app.core, "hour").await.unwrap();
        let page = owner.get("/console/audit").await.expect(200);
        page.says("added a person");
        page.says("Verified on ");
        page.says("127.0.0.1");
        let refused = owner.get("/console/audit?result=refused").await.expect(200);
        refused.says("Nothing matches");
        let found = "/console/audit?action=person.create&q=127.0.0.1";
        owner.get(found).await.expect(200).says(&at);
        let odd = owner.get("/console/audit?from=yesterday").await.expect(200);
        odd.says("This is not a day");
        let file = owner.get("/console/audit/export").await.expect(200);
        file.says("\"type\":\"trail\"");
        file.says("\"type\":\"end\"");
        let odd = "/console/audit/export?from=2026-13-01";
        let odd = owner.get(odd).await.expect(422);
        odd.says("This is not a day");
        odd.says("2026-13-01");

        let settings = "/console/audit/settings";
        owner.get(settings).await.expect(200).says("730");
        let short = owner.post(settings, &[("days", "30")]).await.expect(422);
        short.says("Events are kept for 90");
        owner.post(settings, &[("days", "365")]).await.expect(303);
        owner.get(settings).await.expect(200).says("365");

        let data = owner.post(&format!("{at}/data"), &[]).await.expect(200);
        data.says("elin@example.org");
        let hold = [("reason", "Inquiry 17"), ("subject", "")];
        owner.post("/console/audit/holds", &hold).await.expect(303);
        let erase = format!("{at}/erase");
        let held = owner
            .post(&erase, &[("typed", "Elin Berg")])
            .await
            .expect(409);
        held.says("A legal hold stands");
        let page = owner.get(settings).await.expect(200);
        let end = page.between("action=\"/console/audit/holds/", "\"");
        let end = format!("/console/audit/holds/{end}");
        owner.post(&end, &[]).await.expect(303);
        let wrong = owner.post(&erase, &[("typed", "Elin")]).await.expect(422);
        wrong.says("This is not the person’s name");
        let done = owner
            .post(&erase, &[("typed", "Elin Berg")])
            .await
            .expect(303);
        assert_eq!(done.location(), "/console/people");
        owner.get(&at).await.expect(404);
        owner
            .get("/console/people")
            .await
            .expect(200)
            .says_not("Elin Berg");
        owner
            .get("/console/audit")
            .await
            .expect(200)
            .says("erased a person");
    }
);
