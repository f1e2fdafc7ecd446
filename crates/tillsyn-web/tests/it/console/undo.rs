//! What was just done is taken back by the button on its notice, through the route that anybody else would use.

use http::header::SET_COOKIE;
use serde_json::json;
use tillsyn_testkit::both_engines;

use super::Browser;
use super::browser::Answer;
use super::lists::signed_in;
use crate::api::plans::{device_id, published};

const MEMBERS: &str = "SELECT count(*) FROM group_member";

/// The form of the notice: where it goes and what it sends.
fn undo_of(page: &Answer) -> (String, Vec<(String, String)>) {
    let (before, _) = page.html.split_once(" data-undo=").unwrap();
    let form = before.rsplit("action=\"").next().unwrap();
    let action = form.split('"').next().unwrap();
    let fields = page.fields(&format!(
        "action=\"{action}\"><input type=\"hidden\" name=\"csrf\""
    ));
    (action.to_owned(), fields)
}

async fn press(
    browser: &mut Browser,
    (action, fields): &(String, Vec<(String, String)>),
) -> Answer {
    let pairs = fields.iter();
    let fields: Vec<(&str, &str)> = pairs
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(action, &fields).await
}

both_engines!(
    a_member_who_came_or_went_is_taken_back_by_who_may,
    crate::api::plans::still(),
    |app| async move {
        app.enrolled_iphone().await;
        let device = device_id(&app, 0).await;
        let api = app.owner_api().await;
        let group = api
            .post("/api/v1/groups", &json!({"name": "Loan"}))
            .await
            .expect(201);
        let group = group["id"].as_str().unwrap().to_owned();
        let at = format!("/console/groups/{group}");
        let members = format!("{at}/members");
        let mut owner = Browser::owner(&app).await;

        let added = owner.post(&members, &[("add", &device)]).await.expect(303);
        let cookies = added.headers.get_all(SET_COOKIE).iter();
        let cookies: Vec<&str> = cookies.map(|value| value.to_str().unwrap()).collect();
        let kept = cookies
            .iter()
            .find(|line| line.starts_with("tillsyn-undo="));
        let kept = kept.unwrap();
        for rule in ["HttpOnly", "SameSite=Strict", "Max-Age=120"] {
            assert!(kept.contains(rule), "{kept}");
        }
        let page = owner.get(&at).await.expect(200);
        page.says("Added to the group");
        page.says("data-undo=\"Undo: Added to the group\"");
        let take_out = undo_of(&page);
        // It is offered once.
        owner.get(&at).await.expect(200).says_not("data-undo");

        // Whoever may not change members may not take them back either, whatever cookie they have.
        let root = app.text("SELECT id FROM org_unit").await.unwrap();
        let mut reader = signed_in(&app, "reader", "auditor", &root).await;
        reader.plant("tillsyn-notice", "member_added");
        reader.plant("tillsyn-undo", &format!("added.{group}.device.{device}"));
        let page = reader.get("/console/devices").await.expect(200);
        let theirs = undo_of(&page);
        assert_eq!(theirs, take_out);
        press(&mut reader, &theirs).await.expect(403);
        assert_eq!(app.count(MEMBERS).await, 1);
        // In another unit the group does not exist.
        let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
        let law = law.expect(201)["id"].as_str().unwrap().to_owned();
        let mut lawyer = signed_in(&app, "lawyer", "administrator", &law).await;
        press(&mut lawyer, &take_out).await.expect(404);
        assert_eq!(app.count(MEMBERS).await, 1);

        press(&mut owner, &take_out).await.expect(303);
        assert_eq!(app.count(MEMBERS).await, 0);
        let page = owner.get(&at).await.expect(200);
        page.says("Taken out of the group");
        let add_back = undo_of(&page);
        // What somebody did meanwhile is said.
        press(&mut owner, &take_out).await.expect(303);
        let page = owner.get(&at).await.expect(200);
        page.says("Nothing had to change");
        page.says_not("data-undo");
        press(&mut owner, &add_back).await.expect(303);
        assert_eq!(app.count(MEMBERS).await, 1);
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action = 'group.members'")
                .await,
            3
        );

        // Nothing of a forged cookie reaches a page.
        for odd in [
            "//elsewhere.example.x",
            "added.x\"><script>.device.y",
            "remove.everything",
            &format!("added.{group}.unit.{device}"),
            &format!("command.{device}"),
        ] {
            owner.plant("tillsyn-notice", "saved");
            owner.plant("tillsyn-undo", odd);
            let page = owner.get(&at).await.expect(200);
            page.says("Saved");
            page.says_not("data-undo");
        }
    }
);

both_engines!(
    an_archived_profile_is_brought_back_by_a_plan,
    crate::api::plans::still(),
    |app| async move {
        let profile = published(&app, "portal").await;
        let archive = format!("/console/profiles/{profile}/archive");
        let mut owner = Browser::owner(&app).await;
        let plan = owner.post(&archive, &[]).await.expect(303);
        let plan = plan.location().to_owned();
        let apply = format!("{plan}/apply");
        let done = owner.post(&apply, &[("reason", "old")]).await.expect(303);
        assert_eq!(done.location(), plan);
        let status = "SELECT status FROM profile";
        assert_eq!(app.text(status).await.as_deref(), Some("archived"));
        let page = owner.get(&plan).await.expect(200);
        page.says("The profile is archived");
        let undo = undo_of(&page);
        let back = press(&mut owner, &undo).await.expect(303);
        let back = back.location().to_owned();
        assert_ne!(back, plan);
        owner.get(&back).await.expect(200).says_not("data-undo");
        let applied = format!("{back}/apply");
        owner
            .post(&applied, &[("reason", "not yet")])
            .await
            .expect(303);
        assert_eq!(app.text(status).await.as_deref(), Some("active"));
        // An old page does not archive what is back already.
        let late = press(&mut owner, &undo).await.expect(303);
        assert_eq!(late.location(), format!("/console/profiles/{profile}"));
        let page = owner.get(late.location()).await.expect(200);
        page.says("Nothing had to change");
    }
);
