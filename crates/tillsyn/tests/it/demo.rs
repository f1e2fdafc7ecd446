use std::time::{Duration, Instant};

use tillsyn_db::{Db, DbConfig, args};

use crate::program::{Place, Running};

async fn healthy(running: &mut Running) -> String {
    let started = Instant::now();
    let output = running.wait_for("Ctrl-C stops the demo", Duration::from_secs(40));
    let url = output
        .lines()
        .find_map(|line| line.trim().strip_prefix("Console"))
        .unwrap()
        .trim()
        .trim_end_matches("/console")
        .to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    loop {
        let answer = client.get(format!("{url}/healthz")).send().await;
        if answer.is_ok_and(|answer| answer.status() == 200) {
            assert!(started.elapsed() < Duration::from_secs(40));
            return url;
        }
        assert!(
            started.elapsed() < Duration::from_secs(40),
            "{}",
            running.output()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    let row = db.query_optional(sql, args![]).await.unwrap();
    row.unwrap().i64(0).unwrap()
}

#[tokio::test]
async fn the_demo_lives_and_starts_again() {
    const ACTIVE: &str = "SELECT count(*) FROM enrollment WHERE status = 'active'";
    const ANSWERED: &str = "SELECT count(*) FROM command WHERE status = 'acknowledged'";
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let place = Place::new();
    let args = [
        "demo",
        "--port",
        "0",
        "--devices",
        "6",
        "--folder",
        "folder",
    ];
    for start in 0..2 {
        let mut running = place.start(&args);
        healthy(&mut running).await;
        let url = format!(
            "sqlite:{}",
            place.path("folder/data/tillsyn.sqlite").display()
        );
        let db = Db::open(&DbConfig { url, pool: 2 }).await.unwrap();
        let before = count(&db, ANSWERED).await;
        let end = Instant::now() + Duration::from_secs(45);
        while count(&db, ACTIVE).await < 6 || count(&db, ANSWERED).await < before + 6 {
            assert!(Instant::now() < end, "start {start}: {}", running.output());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        db.close().await;
        running.signal("INT");
        assert_eq!(
            running.wait(Duration::from_secs(25)),
            Some(0),
            "{}",
            running.output()
        );
        assert!(
            !running.output().contains("broke a rule"),
            "{}",
            running.output()
        );
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = Place::new().run(&["demo", "--port", &port]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("choose another port with --port"),
        "{}",
        ended.err
    );
}
