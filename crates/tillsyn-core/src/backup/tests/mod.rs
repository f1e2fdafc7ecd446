#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use tillsyn_db::testing::TempDb;
use tillsyn_db::{Db, Engine, args};
use tillsyn_pki::hash;
use tillsyn_pki::seal::{KeyRing, MasterKey};

use super::state::{self, State};
use super::{Made, check, refuse_unfinished, restore, transfer, undo_transfer};
use crate::accounts::{InitInput, initialise};
use crate::clock::Clock;
use crate::error::Error;
use crate::keys::KeyStore;
use crate::settings::Organisation;

mod leaving;

const NOW: i64 = 1_790_000_000_000;
const MARK: &str = "INSERT INTO branding_mark (hash, content_type, bytes, width, height, created_at) \
    VALUES ($1, 'image/png', $2, 1, 1, 1)";
const MARKS: &str = "SELECT hash, bytes FROM branding_mark ORDER BY hash";

struct Place {
    db: TempDb,
    keys: KeyStore,
    key_text: String,
    folder: tempfile::TempDir,
}

impl Place {
    /// An installation with more than a chunk of what cannot be compressed.
    async fn new(engine: Engine) -> Self {
        let db = TempDb::new(engine, tillsyn_db::MIGRATIONS).await;
        let key = MasterKey::generate(3);
        let key_text = key.to_text().to_string();
        let keys = KeyStore::new(KeyRing::new(key));
        let organisation = Organisation {
            name: "Canary University".to_owned(),
            ..Organisation::default()
        };
        initialise(&db, &Clock::fixed(NOW), &keys, InitInput { organisation })
            .await
            .unwrap();
        for n in 0..4 {
            let mut bytes = vec![0; 50_000];
            hash::fill_random(&mut bytes);
            db.execute(MARK, args![format!("mark{n}"), bytes])
                .await
                .unwrap();
        }
        Self {
            db,
            keys,
            key_text,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn backup(&self) -> (Vec<u8>, Made) {
        let (bytes, made) = super::write(&self.db, &self.keys, NOW, Vec::new())
            .await
            .unwrap();
        (bytes, made)
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.path("file");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn code(&self, bytes: &[u8]) -> &'static str {
        check(&self.keys, &self.file(bytes)).unwrap_err().code
    }
}

async fn into_empty(place: &Place, engine: Engine, file: &Path) -> Result<TempDb, Error> {
    let target = TempDb::new(engine, &[]).await;
    restore(&target, &place.keys, &Clock::fixed(NOW), file, false).await?;
    Ok(target)
}

/// Offset of each sealed chunk, with its length before it, and of the end mark.
fn chunks(file: &[u8]) -> Vec<(usize, usize)> {
    let mut lines = file.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let mut at = lines.nth(1).unwrap().0 + 1;
    let mut found = Vec::new();
    loop {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        let length = usize::try_from(length).unwrap();
        if length == 0 {
            return found;
        }
        found.push((at, 4 + length));
        at += 4 + length;
    }
}

#[tokio::test]
async fn a_file_that_is_not_as_it_was_written_is_refused() {
    let place = Place::new(Engine::Sqlite).await;
    let (file, made) = place.backup().await;
    let checked = check(&place.keys, &place.file(&file)).unwrap();
    assert_eq!((checked.rows, checked.bytes), (made.rows, made.bytes));
    assert_eq!(checked.sha256, made.sha256);
    assert_eq!(checked.tables["branding_mark"], 4);
    let chunks = chunks(&file);
    assert!(chunks.len() >= 4, "{} chunks", chunks.len());

    // A byte of each chunk's length, its beginning, inside and seal; of the header; of the end.
    let mut places = vec![
        20,
        60,
        100,
        file.len() - 2,
        file.len() - 30,
        file.len() - 74,
    ];
    for (at, length) in &chunks {
        places.extend([at + 3, at + 4, at + length / 2, at + length - 1]);
    }
    for at in places {
        let mut changed = file.clone();
        changed[at] ^= 1;
        let code = place.code(&changed);
        let of_header = ["backup_torn", "backup_format", "backup_master_key"];
        let allowed = if at <= 100 {
            &of_header[..]
        } else {
            &["backup_torn"]
        };
        assert!(allowed.contains(&code), "byte {at}: {code}");
    }
    for length in [
        file.len() - 1,
        file.len() - 80,
        file.len() / 2,
        chunks[1].0,
        chunks[0].0 + 2,
    ] {
        assert_eq!(
            place.code(&file[..length]),
            "backup_torn",
            "cut at {length}"
        );
    }
    let mut longer = file.clone();
    longer.push(b'\n');
    assert_eq!(place.code(&longer), "backup_torn");
    assert_eq!(place.code(b""), "backup_format");
    assert_eq!(place.code(b"PK\x03\x04 something else\n"), "backup_format");
}

#[tokio::test]
async fn chunks_that_change_places_or_are_left_out_are_refused() {
    let place = Place::new(Engine::Sqlite).await;
    let (file, _) = place.backup().await;
    let parts = chunks(&file);
    let (head, _) = file.split_at(parts[0].0);
    let part = |n: usize| &file[parts[n].0..parts[n].0 + parts[n].1];
    let last = parts.len() - 1;
    let end = parts[last].0 + parts[last].1;
    // With a right sum, as somebody would make it who can write files but has no key.
    let whole = |order: Vec<usize>| {
        let mut out = head.to_vec();
        for n in order {
            out.extend(part(n));
        }
        out.extend([0; 4]);
        let sum = hash::sha256_hex(&out);
        out.extend(format!("sha256 {sum}\n").as_bytes());
        out
    };
    let as_it_was: Vec<usize> = (0..=last).collect();
    assert_eq!(whole(as_it_was.clone()), file, "the end begins at {end}");
    let mut swapped = as_it_was.clone();
    swapped.swap(0, 1);
    let mut twice = as_it_was.clone();
    twice.insert(1, 0);
    for order in [
        swapped,
        twice,
        as_it_was[1..].to_vec(),
        as_it_was[..last].to_vec(),
    ] {
        assert_eq!(place.code(&whole(order)), "backup_torn");
    }
}

#[tokio::test]
async fn another_key_a_newer_format_and_a_newer_schema_are_refused_in_clear_words() {
    let place = Place::new(Engine::Sqlite).await;
    let (file, _) = place.backup().await;
    let path = place.file(&file);
    // The same id: only the fingerprint tells them apart.
    let other = KeyStore::new(KeyRing::new(MasterKey::generate(3)));
    let error = check(&other, &path).unwrap_err();
    assert_eq!(error.code, "backup_master_key");
    assert!(error.detail.contains("master key"), "{}", error.detail);
    // An older key of the ring opens it.
    let ring = format!(
        "{}\n{}",
        place.key_text,
        MasterKey::generate(9).to_text().as_str()
    );
    check(&KeyStore::new(KeyRing::from_text(&ring).unwrap()), &path).unwrap();

    let text = String::from_utf8_lossy(&file[..40]).into_owned();
    assert!(text.starts_with("tillsyn backup 1\n"), "{text}");
    let mut newer = file.clone();
    newer[15] = b'2';
    assert_eq!(place.code(&newer), "backup_newer");

    let later = "INSERT INTO schema_migration (version, name, sha256, applied_at) VALUES (9999, 'x', 'x', 1)";
    place.db.execute(later, args![]).await.unwrap();
    let refused = super::write(&place.db, &place.keys, NOW, Vec::new()).await;
    assert!(refused.is_err(), "a schema of a later program");
}

#[tokio::test]
async fn the_file_holds_nothing_in_the_clear() {
    let place = Place::new(Engine::Sqlite).await;
    let (file, _) = place.backup().await;
    let key = place.key_text.split(':').nth(1).unwrap().to_owned();
    let names = [
        "Canary University",
        "org_unit",
        "branding_mark",
        "image/png",
    ];
    for secret in names.into_iter().chain([key.as_str()]) {
        let found = file.windows(secret.len()).any(|w| w == secret.as_bytes());
        assert!(!found, "{secret} is in the file");
    }
}

async fn marks(db: &Db) -> Vec<(String, Vec<u8>)> {
    let rows = db.query_all(MARKS, args![]).await.unwrap();
    let cells = rows
        .iter()
        .map(|r| (r.text(0).unwrap(), r.blob(1).unwrap()));
    cells.collect()
}

#[tokio::test]
async fn what_is_restored_is_what_was_there() {
    for (from, to) in [
        (Engine::Sqlite, Engine::Postgres),
        (Engine::Postgres, Engine::Sqlite),
    ] {
        let place = Place::new(from).await;
        let (file, made) = place.backup().await;
        let target = into_empty(&place, to, &place.file(&file)).await.unwrap();
        assert_eq!(marks(&target).await, marks(&place.db).await);
        refuse_unfinished(&target).await.unwrap();
        let told = "SELECT details FROM event WHERE action = 'backup.restore'";
        let told = target.query_all(told, args![]).await.unwrap();
        assert!(told[0].text(0).unwrap().contains(&made.header.made_at));
    }
}

#[tokio::test]
async fn nothing_is_ever_restored_over_something() {
    let place = Place::new(Engine::Sqlite).await;
    let (file, _) = place.backup().await;
    let path = place.file(&file);
    let clock = Clock::fixed(NOW);
    let error = restore(&place.db, &place.keys, &clock, &path, false)
        .await
        .unwrap_err();
    assert_eq!(error.code, "database_not_empty");
    // Somebody else's tables, even empty ones.
    let foreign = TempDb::new(Engine::Postgres, &[]).await;
    let table = "CREATE TABLE invoices (id TEXT PRIMARY KEY)";
    foreign.execute(table, args![]).await.unwrap();
    let error = restore(&foreign, &place.keys, &clock, &path, false)
        .await
        .unwrap_err();
    assert_eq!(error.code, "database_not_empty");
    assert!(error.detail.contains("invoices"), "{}", error.detail);
}

#[tokio::test]
async fn a_restore_that_broke_off_keeps_servers_out_and_goes_on() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = Place::new(engine).await;
        let (file, made) = place.backup().await;
        let path = place.file(&file);
        let clock = Clock::fixed(NOW);
        let target = into_empty(&place, engine, &path).await.unwrap();
        // As it is behind the load and before the rest.
        let sha256 = made.sha256.clone();
        let half = State::Restoring { sha256 };
        target
            .write(half, |tx, half| {
                Box::pin(async move { state::set_in(tx, half, NOW).await })
            })
            .await
            .unwrap();
        assert_eq!(
            refuse_unfinished(&target).await.unwrap_err().code,
            "restore_unfinished"
        );
        let (other, _) = place.backup().await;
        let other_path = place.path("other");
        std::fs::write(&other_path, other).unwrap();
        let error = restore(&target, &place.keys, &clock, &other_path, false)
            .await
            .unwrap_err();
        assert_eq!(error.code, "restore_unfinished");
        let done = restore(&target, &place.keys, &clock, &path, false)
            .await
            .unwrap();
        assert!(done.went_on);
        refuse_unfinished(&target).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_leaves_the_source_behind_and_can_be_undone() {
    for (from, to) in [
        (Engine::Sqlite, Engine::Postgres),
        (Engine::Postgres, Engine::Sqlite),
        (Engine::Postgres, Engine::Postgres),
    ] {
        let place = Place::new(from).await;
        let clock = Clock::fixed(NOW);
        let session = "INSERT INTO guess_limit (subject, window_start, failures, blocked_until) \
            VALUES ('s', 1, 2, 3)";
        place.db.execute(session, args![]).await.unwrap();
        let target = TempDb::new(to, &[]).await;
        let moved = transfer(&place.db, &target, &place.keys, &clock, false)
            .await
            .unwrap();
        assert_eq!(moved.tables["branding_mark"], 4);
        assert_eq!(moved.tables["guess_limit"], 1);
        refuse_unfinished(&target).await.unwrap();
        let error = refuse_unfinished(&place.db).await.unwrap_err();
        assert_eq!(error.code, "database_moved");
        let again = transfer(&place.db, &target, &place.keys, &clock, false).await;
        assert_eq!(again.unwrap_err().code, "database_moved");

        // As it is when the move broke off behind the load.
        assert!(undo_transfer(&place.db).await.unwrap());
        refuse_unfinished(&place.db).await.unwrap();
        let id = "SELECT value FROM setting WHERE name = 'moved_from'";
        let id = target.query_all(id, args![]).await.unwrap()[0]
            .text(0)
            .unwrap();
        let id: String = serde_json::from_str(&id).unwrap();
        let moving = State::Moving { id };
        place
            .db
            .write(moving, |tx, s| {
                Box::pin(async move { state::set_in(tx, s, NOW).await })
            })
            .await
            .unwrap();
        assert_eq!(
            refuse_unfinished(&place.db).await.unwrap_err().code,
            "move_unfinished"
        );
        let on = transfer(&place.db, &target, &place.keys, &clock, false)
            .await
            .unwrap();
        assert!(on.went_on);
        assert!(
            !undo_transfer(&target).await.unwrap(),
            "the target is no source"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_moved_while_a_server_runs_or_over_something() {
    let place = Place::new(Engine::Sqlite).await;
    let clock = Clock::fixed(NOW);
    let target = TempDb::new(Engine::Postgres, &[]).await;
    let serves =
        "INSERT INTO worker_lease (name, holder, lease_until) VALUES ('serving/n/x', 'node-a', $1)";
    place.db.execute(serves, args![NOW + 1]).await.unwrap();
    let error = transfer(&place.db, &target, &place.keys, &clock, false)
        .await
        .unwrap_err();
    assert_eq!(error.code, "server_running");
    assert!(error.detail.contains("node-a"));
    refuse_unfinished(&place.db).await.unwrap();
    clock.advance_ms(2);
    let other = Place::new(Engine::Postgres).await;
    let error = transfer(&place.db, &other.db, &place.keys, &clock, false)
        .await
        .unwrap_err();
    assert_eq!(error.code, "database_not_empty");
    refuse_unfinished(&place.db).await.unwrap();
    clock.advance_ms(-2);
    transfer(&place.db, &target, &place.keys, &clock, true)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_behind_the_load() {
    let all = tillsyn_db::MIGRATIONS;
    let older = &all[..all.len() - 1];
    let source = TempDb::new(Engine::Sqlite, older).await;
    let keys = KeyStore::new(KeyRing::new(MasterKey::generate(1)));
    let organisation = Organisation::default();
    initialise(
        &source,
        &Clock::fixed(NOW),
        &keys,
        InitInput { organisation },
    )
    .await
    .unwrap();
    let (bytes, made) = super::write(&source, &keys, NOW, Vec::new()).await.unwrap();
    assert_eq!(made.header.schema, older.last().unwrap().version);
    assert!(!super::note_made(&source, NOW, &made).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("older");
    std::fs::write(&file, bytes).unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let target = TempDb::new(engine, &[]).await;
        let done = restore(&target, &keys, &Clock::fixed(NOW), &file, false)
            .await
            .unwrap();
        assert_eq!(done.schema, all.last().unwrap().version);
        assert_eq!(target.schema_version(all).await.unwrap(), done.schema);
        // Migrated further already: the rows of the backup have no place there.
        let ahead = TempDb::new(engine, all).await;
        let error = restore(&ahead, &keys, &Clock::fixed(NOW), &file, false)
            .await
            .unwrap_err();
        assert_eq!(error.code, "database_not_empty");
    }
}
