//! Many people invited at once, with everything that happens to some of them: all are enrolled, or it is told why
//! not, and all who count them agree. A hundred and twenty are part of every run, on both engines. A thousand take
//! minutes: `TILLSYN_CROWD=1000 cargo nextest run --workspace -E 'test(mail::crowd)' --no-capture`

mod acts;
mod cast;
mod sums;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tillsyn_sim::DeviceKind;
use tillsyn_standins::smtp::SmtpStandin;
use tillsyn_testkit::{Api, Engine, TestApp};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::acts::{Crowd, new_device};
use self::cast::{Fate, Member, crowd, file};
use self::sums::{all_agree, everybody_is, nobody_is_written_to_twice, recorded};
use super::letters::Letter;
use super::{server, still};

const BATCHES: &str = "/api/v1/invitation-batches";
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// People who act at the same time.
const AT_ONCE: usize = 8;
/// Rows of the file that stand in it a second time.
const TWICE: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_invited_comes_to_the_end_or_has_a_reason_sqlite() {
    story(Engine::Sqlite, people()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_invited_comes_to_the_end_or_has_a_reason_postgres() {
    story(Engine::Postgres, people()).await;
}

/// How many: each fate several times, or as many as are asked for.
fn people() -> usize {
    std::env::var("TILLSYN_CROWD").map_or(120, |people| people.parse().unwrap())
}

/// Says how long each part took, for whoever asks.
struct Watch(Instant);

impl Watch {
    #[expect(
        clippy::print_stdout,
        reason = "what a thousand people cost is told by the run itself"
    )]
    fn lap(&mut self, what: &str) {
        println!("{:>7.1} s  {what}", self.0.elapsed().as_secs_f64());
        self.0 = Instant::now();
    }
}

/// Lets each of these people do something, several at a time.
async fn each<F>(people: Vec<(Member, Option<Letter>)>, act: impl Fn(Member, Option<Letter>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut all = JoinSet::new();
    for (member, letter) in people {
        let place = room.clone().acquire_owned().await.unwrap();
        let act = act(member, letter);
        all.spawn(async move {
            act.await;
            drop(place);
        });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
}

/// The people of these fates, each with their last mail.
fn with_last(
    members: &[Member],
    server: &SmtpStandin,
    fates: &[Fate],
) -> Vec<(Member, Option<Letter>)> {
    let mut last = BTreeMap::new();
    for mail in server.received() {
        last.insert(mail.to[0].clone(), mail);
    }
    let wanted = members.iter().filter(|member| fates.contains(&member.fate));
    wanted
        .map(|member| (member.clone(), last.get(&member.email).map(Letter::read)))
        .collect()
}

/// A third of the crowd is known and in a group; some have a device. The id of the group, and how many have one.
async fn before(crowd: &Arc<Crowd>, api: &Api, members: &[Member]) -> (String, usize) {
    let known: Vec<_> = members.iter().filter(|member| member.is_known()).collect();
    let mut ids = Vec::new();
    for member in &known {
        let body = json!({ "name": member.name(), "email": member.email,
            "language": member.language() });
        let made = api.post("/api/v1/people", &body).await.expect(201);
        ids.push(json!({ "kind": "person", "id": made["id"] }));
    }
    let group = json!({ "name": "Staff" });
    let group = api.post("/api/v1/groups", &group).await.expect(201);
    let group = group["id"].as_str().unwrap().to_owned();
    for some in ids.chunks(100) {
        let ids: Vec<&Json> = some.iter().map(|member| &member["id"]).collect();
        let path = format!("/api/v1/groups/{group}/members");
        api.post(&path, &json!({ "add": ids })).await.expect(200);
    }
    let had = members
        .iter()
        .filter(|m| m.fate == Fate::HadDevice)
        .cloned();
    let had: Vec<_> = had.map(|member| (member, None)).collect();
    let count = had.len();
    elsewhere(crowd, had).await;
    (group, count)
}

/// Gives people a device by an invitation that has nothing to do with the batch.
async fn elsewhere(crowd: &Arc<Crowd>, people: Vec<(Member, Option<Letter>)>) {
    each(people, |member, _| {
        let crowd = crowd.clone();
        async move {
            let app = &crowd.app;
            let invitation = app
                .invite_with(|new| {
                    new.person_name = Some(member.name());
                    new.person_email = Some(member.email.clone());
                })
                .await;
            let mut phone = app.device(new_device(app, DeviceKind::Iphone));
            phone.enroll(&app.by(&invitation)).await.unwrap();
            phone.session().await.unwrap();
        }
    })
    .await;
}

/// Who got a mail comes while others still wait for theirs: the mail server is slow.
async fn mails_and_people(
    crowd: &Arc<Crowd>,
    server: &SmtpStandin,
    members: &[Member],
    seen: &mut usize,
) {
    let by_email: BTreeMap<&str, &Member> = members.iter().map(|m| (m.email.as_str(), m)).collect();
    let mailer = {
        let crowd = crowd.clone();
        tokio::spawn(async move { crowd.app.run_job("mail").await })
    };
    loop {
        let done = mailer.is_finished();
        let new = server.received_after(*seen);
        *seen += new.len();
        let people = new.iter().map(Letter::read).filter_map(|letter| {
            let member = by_email.get(letter.to.as_str())?;
            Some(((*member).clone(), Some(letter)))
        });
        each(people.collect(), |member, letter| {
            let crowd = crowd.clone();
            async move { crowd.come(&member, &letter.unwrap()).await }
        })
        .await;
        if done && new.is_empty() {
            return mailer.await.unwrap();
        }
        if new.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn begin(crowd: &Crowd, api: &Api, batch: &Json) -> String {
    let id = batch["id"].as_str().unwrap().to_owned();
    let body = json!({ "digest": batch["digest"] });
    let path = format!("{BATCHES}/{id}/begin");
    api.post(&path, &body).await.expect(202);
    crowd.app.run_job("invitations").await;
    let done = api.get(&format!("{BATCHES}/{id}")).await.expect(200);
    assert_eq!(
        (&done["status"], &done["done"]),
        (&json!("done"), &done["total"])
    );
    id
}

async fn person_id(api: &Api, member: &Member) -> String {
    let path = format!("/api/v1/people?search={}", member.email);
    let found = api.get(&path).await.expect(200);
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

/// The mails of a moment go out; what fails for now is tried again.
async fn post(crowd: &Crowd) {
    crowd.app.run_job("mail").await;
    crowd.app.clock.advance_ms(7 * MINUTE_MS);
    crowd.app.run_job("mail").await;
}

async fn story(engine: Engine, count: usize) {
    let mut watch = Watch(Instant::now());
    let app = TestApp::with(engine, still()).await;
    let api = app.owner_api().await;
    let server = server(&app, &api).await;
    server.slow(Duration::from_millis(2));
    let policy = json!({ "pin": "mail", "days": 14, "device_limit": 1,
        "remind_after_days": [2], "remind_before_days": [] });
    api.put("/api/v1/settings/invitations", &policy)
        .await
        .expect(200);
    let members = crowd_of(&server, count);
    let crowd = Arc::new(Crowd::new(app));
    let (group, had) = before(&crowd, &api, &members).await;
    watch.lap("people, a group, and devices from before");

    // One file for all, and then the group, whose people were just written to.
    let body = json!({ "csv": file(&members, TWICE), "label": "Autumn" });
    let batch = api.post(BATCHES, &body).await.expect(201);
    for member in members.iter().filter(|m| m.fate == Fate::Leaves) {
        let id = person_id(&api, member).await;
        let gone = json!({ "status": "inactive" });
        let path = format!("/api/v1/people/{id}");
        api.patch(&path, &gone).await.expect(200);
    }
    let batch = begin(&crowd, &api, &batch).await;
    watch.lap("looked at and begun");
    let invited = members.iter().filter(|m| m.fate.is_invited()).count();
    assert_eq!(recorded(&crowd.app, "invitation.send").await, invited);
    let again = json!({ "group_id": group });
    let again = api.post(BATCHES, &again).await.expect(201);
    let shown = format!("{BATCHES}/{}/people?limit=1", again["id"].as_str().unwrap());
    let shown = api.get(&shown).await.expect(200);
    assert_eq!(shown["counts"], json!({ "skipped": again["total"] }));

    let at_limit = members.iter().filter(|m| m.fate == Fate::AtLimit).cloned();
    let at_limit: Vec<_> = at_limit.map(|member| (member, None)).collect();
    let others = had + at_limit.len();
    elsewhere(&crowd, at_limit).await;
    let mut seen = 0;
    mails_and_people(&crowd, &server, &members, &mut seen).await;
    crowd.app.clock.advance_ms(7 * MINUTE_MS);
    mails_and_people(&crowd, &server, &members, &mut seen).await;
    watch.lap("slow mail, and everybody who comes at once");

    // Profiles lapse after an hour.
    crowd.app.clock.advance_ms(HOUR_MS);
    crowd.app.run_job("minute").await;
    let api = crowd.app.owner_api().await;
    everybody_is(&crowd, &api, &members, &batch, Fate::midway).await;
    all_agree(&crowd, &api, others).await;
    watch.lap("counted");

    come_back(&crowd, &api, &server, &members, &batch).await;
    watch.lap("those who come back, and those who are written to again");
    everybody_is(&crowd, &api, &members, &batch, |fate| match fate {
        Fate::Reminded => fate.midway(),
        _ => fate.late(),
    })
    .await;
    all_agree(&crowd, &api, others).await;

    // Reminded of the profile after hours, of the invitation after days.
    crowd.app.clock.advance_ms(2 * HOUR_MS);
    crowd.app.run_job("minute").await;
    post(&crowd).await;
    crowd.app.clock.advance_ms(2 * DAY_MS);
    for _ in 0..=count / 200 {
        crowd.app.run_job("minute").await;
    }
    post(&crowd).await;
    let reminded = with_last(&members, &server, &[Fate::Reminded]);
    each(reminded, |member, letter| {
        let crowd = crowd.clone();
        async move { crowd.follow(&member, &letter.unwrap()).await }
    })
    .await;
    let api = crowd.app.owner_api().await;
    everybody_is(&crowd, &api, &members, &batch, Fate::late).await;
    all_agree(&crowd, &api, others).await;
    watch.lap("reminders, and who follows them");

    // Over: nothing is open, and why it was left is still told.
    crowd.app.clock.advance_ms(14 * DAY_MS);
    crowd.app.run_job("minute").await;
    crowd.app.run_job("mail").await;
    let api = crowd.app.owner_api().await;
    everybody_is(&crowd, &api, &members, &batch, Fate::end).await;
    all_agree(&crowd, &api, others).await;
    nobody_is_written_to_twice(&server, &members);
    assert_eq!(server.broken(), [""; 0]);
    let left = "SELECT count(*) FROM invitation WHERE secrets_sealed IS NOT NULL";
    assert_eq!(crowd.app.count(left).await, 0);
    let wrong = crowd.tally().wrong_pins;
    assert_eq!(recorded(&crowd.app, "invitation.pin").await, wrong);
    watch.lap("over, and counted");
}

/// The crowd, and what the mail server thinks of some addresses.
fn crowd_of(server: &SmtpStandin, count: usize) -> Vec<Member> {
    let members = crowd(count);
    for member in &members {
        match member.fate {
            Fate::NoSuchAddress => server.refuse_recipient(&member.email, 550, usize::MAX),
            Fate::Corrected => server.refuse_recipient(&member.email, 550, 1),
            Fate::Busy => server.refuse_recipient(&member.email, 451, 1),
            _ => {}
        }
    }
    members
}

/// The second day's worth: new profiles, new PINs, corrected addresses, new links.
async fn come_back(
    crowd: &Arc<Crowd>,
    api: &Api,
    server: &SmtpStandin,
    members: &[Member],
    batch: &str,
) {
    let fates = [
        Fate::Lapses,
        Fate::TooLate,
        Fate::CancelsFirst,
        Fate::LockedAlone,
    ];
    let back = with_last(members, server, &fates);
    each(back, |member, letter| {
        let crowd = crowd.clone();
        async move { crowd.come_back(&member, &letter.unwrap()).await }
    })
    .await;
    crowd.app.run_job("mail").await;
    let alone = with_last(members, server, &[Fate::LockedAlone]);
    each(alone, |member, letter| {
        let crowd = crowd.clone();
        async move { crowd.follow(&member, &letter.unwrap()).await }
    })
    .await;
    // The mail server knows the corrected ones by now; whoever is stuck is written to again.
    let stuck = json!({ "steps": ["opened", "mail_refused"] });
    let path = format!("{BATCHES}/{batch}/resend");
    api.post(&path, &stuck).await.expect(202);
    crowd.app.run_job("invitations").await;
    post(crowd).await;
    let written = with_last(members, server, &[Fate::Locked, Fate::Corrected]);
    each(written, |member, letter| {
        let crowd = crowd.clone();
        async move { crowd.follow(&member, &letter.unwrap()).await }
    })
    .await;
}
