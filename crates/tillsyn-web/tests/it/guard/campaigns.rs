//! Campaigns: a fixed list, two dates, each device once, outside of the budget and with the hold.

use serde_json::json;
use tillsyn_core::approvals;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::commands::{self, enqueue_in_campaign};
use tillsyn_core::ids::{CampaignId, DeviceId};
use tillsyn_core::{campaigns, guard};
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::{ERASE, ask, confirmed, fleet, still, waiting};

async fn asked(app: &TestApp, ids: &[DeviceId], from_ms: i64) -> CampaignId {
    let new = campaigns::NewCampaign {
        name: "Term end".to_owned(),
        act: commands::Act::Erase,
        reason: "The lease is over".to_owned(),
        devices: ids.to_vec(),
        starts_at: app.core.now_ms() + from_ms,
        ends_at: app.core.now_ms() + 3 * DAY_MS,
        confirm: Some(ids.len().to_string()),
    };
    campaigns::create(&app.core, &app.owner, new)
        .await
        .unwrap()
        .id
}

both_engines!(
    a_campaign_erases_its_list_and_nothing_else,
    still(),
    |app| async move {
        let all = fleet(&app, 8).await;
        let (listed, other) = (&all[..7], &all[7..]);
        let second = app.second_owner(1).await;
        let core = &app.core;
        let id = asked(&app, listed, DAY_MS).await;
        let one = &waiting(&app).await[0];
        assert_eq!((one.kind, one.targets), ("campaign", 7));
        // Before somebody agreed, and before its day, it is nothing.
        let early = |to: Vec<DeviceId>| {
            let app = &app;
            let id = id.clone();
            async move {
                let new = confirmed(app, &to, ERASE).await;
                enqueue_in_campaign(&app.core, &app.owner, new, id).await
            }
        };
        let refused = early(listed[..1].to_vec()).await.unwrap_err();
        assert_eq!(refused.code, "campaign_over");
        approvals::approve(core, &second, &one.id, None)
            .await
            .unwrap();
        let refused = early(listed[..1].to_vec()).await.unwrap_err();
        assert_eq!(refused.code, "campaign_over", "it has not begun");
        app.clock.advance_ms(DAY_MS);
        let mut owner = app.owner.clone();
        owner.fresh_at = Some(core.now_ms());
        let send = |to: Vec<DeviceId>| {
            let (app, owner, id) = (&app, owner.clone(), id.clone());
            async move {
                let new = confirmed(app, &to, ERASE).await;
                enqueue_in_campaign(&app.core, &owner, new, id).await
            }
        };
        let refused = send(all[5..].to_vec()).await.unwrap_err();
        assert_eq!(refused.code, "outside_campaign");
        let six = send(listed[..6].to_vec()).await.unwrap();
        assert!(six.commands.iter().all(|c| c.held_reason == Some("hold")));
        let twice = send(listed[..1].to_vec()).await.unwrap_err();
        assert_eq!(twice.code, "outside_campaign", "each device once");
        // The ordinary verb goes through it as well; the budget is untouched.
        let seventh = ask(&app, &owner, &listed[6..], ERASE).await;
        assert_eq!(seventh.commands[0].held_reason, Some("hold"));
        let budget = guard::budget(core, &owner).await.unwrap();
        assert_eq!(
            (budget.actor_day_used, budget.organisation_day_used),
            (0, 0)
        );
        let found = campaigns::find(core, &owner, &id).await.unwrap();
        assert_eq!((found.used, found.targets), (7, 7));
        let beside = ask(&app, &owner, other, ERASE).await;
        assert_eq!(beside.commands[0].held_reason, Some("hold"));
        let budget = guard::budget(core, &owner).await.unwrap();
        assert_eq!(budget.actor_day_used, 1);
        app.clock.advance_ms(2 * DAY_MS);
        app.run_job("minute").await;
        let found = campaigns::find(core, &owner, &id).await.unwrap();
        assert_eq!(found.status.as_str(), "ended");
        let ended = "SELECT count(*) FROM event WHERE action = 'campaign.end'";
        assert_eq!(app.count(ended).await, 1);
    }
);

both_engines!(a_stop_ends_campaigns, still(), |app| async move {
    let ids = fleet(&app, 1).await;
    let second = app.second_owner(1).await;
    let id = asked(&app, &ids, 0).await;
    assert_eq!(app.approve_all(&second).await, 1);
    let waits = asked(&app, &ids, 0).await;
    let done = guard::stop(&app.core, &app.owner, None).await.unwrap();
    assert_eq!((done.campaigns, done.approvals), (2, 1));
    for id in [&id, &waits] {
        let found = campaigns::find(&app.core, &app.owner, id).await.unwrap();
        assert_eq!(found.status.as_str(), "stopped");
    }
    let api = app.owner_api().await;
    let body = json!({
        "name": "Again", "act": "retire", "reason": "Over", "devices": [ids[0].as_str()],
        "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z", "confirm": "1",
    });
    let past = api.post("/api/v1/campaigns", &body).await.expect(422);
    assert_eq!(past["code"], "campaign_dates");
    let list = api.get("/api/v1/campaigns").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let path = format!("/api/v1/campaigns/{id}/devices");
    let targets = api.get(&path).await.expect(200);
    assert_eq!(targets["items"][0]["device_id"], ids[0].as_str());
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newcomer_sends_of_a_campaign_uses_it_up() {
    const USED: &str = "SELECT count(*) FROM guard_use WHERE campaign_id IS NOT NULL";
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let ids = fleet(&app, 4).await;
    let (core, second) = (&app.core, app.second_owner(1).await);
    let id = asked(&app, &ids, 0).await;
    assert_eq!(app.approve_all(&second).await, 1);
    let mut newcomer = app.owner.clone();
    newcomer.trusted_since = Some(core.now_ms() - 1_000);
    let send = async |by: &tillsyn_core::Actor, to: &[DeviceId]| {
        let new = confirmed(&app, to, ERASE).await;
        enqueue_in_campaign(core, by, new, id.clone()).await
    };
    let held = send(&newcomer, &ids[..2]).await.unwrap();
    assert_eq!(held.commands[0].held_reason, Some("new_account"));
    assert_eq!(app.approve_all(&second).await, 1);
    let found = campaigns::find(core, &app.owner, &id).await.unwrap();
    assert_eq!((found.used, app.count(USED).await), (2, 2));
    let budget = guard::budget(core, &app.owner).await.unwrap();
    assert_eq!(budget.organisation_day_used, 0);
    let twice = send(&app.owner, &ids[..1]).await.unwrap_err();
    assert_eq!(twice.code, "outside_campaign", "each device once");
    // Used by somebody else while it waited: it has to be asked again.
    send(&newcomer, &ids[2..]).await.unwrap();
    send(&app.owner, &ids[3..]).await.unwrap();
    let late = waiting(&app).await[0].id.clone();
    let late = approvals::approve(core, &second, &late, None).await;
    assert_eq!(late.unwrap_err().code, "approval_overtaken");
    let found = campaigns::find(core, &app.owner, &id).await.unwrap();
    assert_eq!((found.used, app.count(USED).await), (3, 3));
    let erases = "SELECT count(*) FROM command WHERE act = 'erase' AND finished = 0";
    assert_eq!(app.count(erases).await, 3);
}
