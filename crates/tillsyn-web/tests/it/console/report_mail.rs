//! Reports by mail: at their times, once, with what the owner reaches then, to nobody beyond it.

use tillsyn_core::ids::AccountId;
use tillsyn_core::reports::{
    NewSchedule, ReportFilter, ReportName, Rhythm, When, create_schedule, list_schedules,
};
use tillsyn_db::args;
use tillsyn_standins::smtp::SmtpStandin;
use tillsyn_testkit::{OWNER_EMAIL, TestApp, both_engines};

use super::Browser;
use crate::mail::{server, still};
use crate::walk::somebody;

const DAY: i64 = 86_400_000;

fn daily(readers: Vec<AccountId>) -> NewSchedule {
    NewSchedule {
        report: ReportName::Status,
        filter: ReportFilter::default(),
        when: When {
            rhythm: Rhythm::Daily,
            weekday: 1,
            month_day: 1,
            hour: 7,
        },
        readers,
    }
}

async fn round(app: &TestApp) {
    app.run_job("minute").await;
    app.run_job("mail").await;
}

fn bodies(server: &SmtpStandin) -> Vec<(String, String)> {
    let all = server.received();
    all.iter()
        .filter(|mail| mail.body().contains("/console/reports/"))
        .map(|mail| (mail.to[0].clone(), mail.body().replace("=\r\n", "")))
        .collect()
}

both_engines!(
    a_report_comes_at_its_time_once_and_stops_when_it_is_paused,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        app.enrolled_iphone().await.session().await.unwrap();
        let mut owner = Browser::owner(&app).await;
        let page = owner.get("/console/reports/os").await.expect(200);
        page.says("Send by mail");
        let fields = [
            ("rhythm", "daily"),
            ("weekday", "1"),
            ("month_day", "1"),
            ("hour", "7"),
            ("me", "1"),
        ];
        let path = "/console/reports/os/schedule?platform=ios";
        let odd = [("rhythm", "hourly"), ("weekday", "1")];
        owner.post(path, &odd).await.expect(422);
        owner.post(path, &fields).await.expect(303);
        let page = owner.get("/console/reports").await.expect(200);
        page.says("Every day at 07:00");
        let id = app.text("SELECT id FROM report_schedule").await.unwrap();
        round(&app).await;
        assert_eq!(bodies(&server).len(), 0);
        app.clock.advance_ms(DAY);
        round(&app).await;
        round(&app).await;
        let sent = bodies(&server);
        assert_eq!(sent.len(), 1, "{sent:?}");
        let (to, body) = &sent[0];
        assert_eq!(to, OWNER_EMAIL);
        assert!(body.contains("In all: 1"), "{body}");
        assert!(
            body.contains("/console/reports/os?platform=3Dios"),
            "{body}"
        );
        assert!(body.contains("text/html"), "{body}");
        let at = |act: &str| format!("/console/reports/schedules/{id}/{act}");
        owner
            .sign_in(OWNER_EMAIL, tillsyn_testkit::OWNER_PASSWORD)
            .await
            .expect(303);
        owner.post(&at("send"), &[]).await.expect(303);
        round(&app).await;
        assert_eq!(bodies(&server).len(), 2);
        owner.post(&at("pause"), &[]).await.expect(303);
        owner.post(&at("send"), &[]).await.expect(409);
        app.clock.advance_ms(2 * DAY);
        round(&app).await;
        assert_eq!(bodies(&server).len(), 2);
        owner
            .sign_in(OWNER_EMAIL, tillsyn_testkit::OWNER_PASSWORD)
            .await
            .expect(303);
        owner.post(&at("resume"), &[]).await.expect(303);
        round(&app).await;
        assert_eq!(
            bodies(&server).len(),
            2,
            "what was missed is not sent later"
        );
        owner.post(&at("remove"), &[]).await.expect(303);
        owner.post(&at("pause"), &[]).await.expect(404);
        let told = app.actions().await;
        for action in ["create", "send", "ask", "pause", "resume", "remove"] {
            let action = format!("report_schedule.{action}");
            assert!(told.contains(&action), "{action}");
        }
        assert_eq!(server.broken(), Vec::<String>::new());
    }
);

both_engines!(
    nothing_goes_beyond_what_the_owner_reaches_and_may,
    still(),
    |app| async move {
        const MOVE: &str = "UPDATE account SET org_unit_id = $2 WHERE id = $1";
        const DISABLE: &str = "UPDATE account SET status = 'disabled' WHERE id = $1";
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        app.enrolled_iphone().await.session().await.unwrap();
        let law = serde_json::json!({ "name": "Law" });
        let law = api.post("/api/v1/units", &law).await.expect(201);
        let law = law["id"].as_str().unwrap();
        let root = app
            .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
            .await
            .unwrap();
        let boss = somebody(&app, "boss", "owner", law).await;
        let reader = somebody(&app, "reader", "read_only", law).await;
        let id = |of: &str| AccountId::parse(of).unwrap();
        let actor = boss.actor(&app).await;

        // To somebody above, or without the right over accounts, nothing is promised.
        let above = vec![app.owner.account_id.clone().unwrap()];
        let refused = create_schedule(&app.core, &actor, daily(above)).await;
        assert_eq!(refused.unwrap_err().code, "not_found");
        let little = reader.actor(&app).await;
        let refused = create_schedule(&app.core, &little, daily(vec![id(&boss.id)])).await;
        assert_eq!(refused.unwrap_err().code, "permission_missing");
        create_schedule(&app.core, &little, daily(Vec::new()))
            .await
            .unwrap();

        create_schedule(&app.core, &actor, daily(vec![id(&boss.id), id(&reader.id)]))
            .await
            .unwrap();
        app.clock.advance_ms(DAY);
        round(&app).await;
        let sent = bodies(&server);
        assert_eq!(sent.len(), 3, "{sent:?}");
        // The only device is of the organisation above.
        assert!(
            sent.iter().all(|(_, body)| body.contains("In all: 0")),
            "{sent:?}"
        );

        // Scope is that of the moment, not of the day it was asked for.
        app.db()
            .execute(MOVE, args![boss.id.as_str(), root.as_str()])
            .await
            .unwrap();
        app.clock.advance_ms(DAY);
        round(&app).await;
        let later = bodies(&server);
        assert_eq!(later.len(), 6);
        let to_boss = later[3..].iter().find(|(to, _)| to.starts_with("boss"));
        assert!(to_boss.unwrap().1.contains("In all: 1"));

        app.db()
            .execute(DISABLE, args![boss.id.as_str()])
            .await
            .unwrap();
        app.clock.advance_ms(DAY);
        round(&app).await;
        assert_eq!(bodies(&server).len(), 7, "only the reader's own");
        let failure = "SELECT failure FROM report_schedule WHERE failure IS NOT NULL";
        assert_eq!(app.text(failure).await.as_deref(), Some("owner_gone"));

        // Without a mail server it is said, and the schedule goes on.
        // The first token is over by now.
        let api = app.owner_api().await;
        api.delete("/api/v1/mail").await.expect(204);
        app.clock.advance_ms(DAY);
        round(&app).await;
        let mine = list_schedules(&app.core, &little).await;
        let mine = mine.unwrap();
        assert_eq!(mine[0].failure.as_deref(), Some("no_mail_server"));
        assert!(mine[0].due_at > app.clock.now_ms());
    }
);
