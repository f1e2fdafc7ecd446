//! People whose password a directory checks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tillsyn_core::accounts::portal::{Answer, PasswordSource};
use tillsyn_core::ids::PersonId;
use tillsyn_core::{Core, Error, Kind};
use tillsyn_testkit::both_engines;
use zeroize::Zeroizing;

use super::{Browser, ELIN, OWN, elin, person, proof, sign_in, temporary};
use crate::mail::still;

const THEIRS: &str = "the directory's own";

/// A directory that knows one person and one password, and may be away.
struct Directory {
    person: String,
    away: AtomicBool,
}

impl PasswordSource for Directory {
    fn checks<'a>(&'a self, _: &'a Core, person: &'a PersonId) -> Answer<'a> {
        Box::pin(async move { Ok(person.as_str() == self.person) })
    }

    fn verify<'a>(
        &'a self,
        _: &'a Core,
        _: &'a PersonId,
        password: Zeroizing<String>,
    ) -> Answer<'a> {
        Box::pin(async move {
            assert!(
                !password.is_empty(),
                "an empty password is never asked about"
            );
            if self.away.load(Ordering::SeqCst) {
                let text = "The directory does not answer.";
                return Err(Error::new(Kind::Unavailable, "directory_away", text));
            }
            Ok(password.as_str() == THEIRS)
        })
    }

    fn away<'a>(&'a self, _: &'a Core) -> Answer<'a> {
        Box::pin(async move { Ok(self.away.load(Ordering::SeqCst)) })
    }
}

both_engines!(
    a_directory_decides_and_the_local_password_does_not_count,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, mut before) = elin(&app, &api).await;
        let other = person(&api, "Oskar", "oskar@norrvik.example").await;
        let directory = Arc::new(Directory {
            person: id.clone(),
            away: AtomicBool::new(false),
        });
        app.core.set_password_source(directory.clone());
        before.get("/portal").await.expect(200);
        let path = format!("/api/v1/people/{id}/sign-in");
        assert_eq!(api.get(&path).await.expect(200)["way"], "directory");
        api.post(&format!("{path}/password"), &proof())
            .await
            .expect(409);
        // Their password here is as good as any other wrong one; so is none.
        for wrong in [OWN, ""] {
            sign_in(&mut Browser::new(&app), ELIN, wrong)
                .await
                .expect(401);
        }
        let mut browser = Browser::new(&app);
        sign_in(&mut browser, ELIN, THEIRS).await.expect(303);
        browser
            .get("/portal/me")
            .await
            .expect(200)
            .says("Your password is not kept here");
        // Away is no wrong password.
        directory.away.store(true, Ordering::SeqCst);
        for _ in 0..5 {
            sign_in(&mut Browser::new(&app), ELIN, THEIRS)
                .await
                .expect(503)
                .says("directory does not answer");
        }
        // It slows down as for others, which is forgotten once the directory answers.
        sign_in(&mut Browser::new(&app), ELIN, THEIRS)
            .await
            .expect(429);
        directory.away.store(false, Ordering::SeqCst);
        sign_in(&mut Browser::new(&app), ELIN, THEIRS)
            .await
            .expect(303);
        // Others are not asked about.
        let given = temporary(&api, &other).await;
        sign_in(&mut Browser::new(&app), "oskar@norrvik.example", &given)
            .await
            .expect(303);
    }
);

both_engines!(
    while_a_directory_is_away_everybody_unknown_or_wrong_hears_the_same,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, _) = elin(&app, &api).await;
        let other = person(&api, "Oskar", "oskar@norrvik.example").await;
        let given = temporary(&api, &other).await;
        person(&api, "Nobody yet", "new@norrvik.example").await;
        let directory = Arc::new(Directory {
            person: id,
            away: AtomicBool::new(true),
        });
        app.core.set_password_source(directory.clone());
        let all = [
            ELIN,
            "oskar@norrvik.example",
            "new@norrvik.example",
            "stranger@norrvik.example",
        ];
        // The same words, again and again, and the same end of it.
        for (turn, status) in [503, 503, 503, 503, 503, 429].into_iter().enumerate() {
            let mut pages = Vec::new();
            for email in all {
                let answer = sign_in(&mut Browser::new(&app), email, "not the password").await;
                let answer = answer.expect(status);
                pages.push(answer.html.replace(email, ""));
            }
            let one = pages.first().unwrap();
            assert!(pages.iter().all(|page| page == one), "turn {turn}");
        }
        // Whose password is kept here comes in, whatever becomes of the directory.
        app.clock.advance_ms(11 * 60_000);
        sign_in(&mut Browser::new(&app), "oskar@norrvik.example", &given)
            .await
            .expect(303);
        // Back again, a wrong password is one, for everybody alike.
        directory.away.store(false, Ordering::SeqCst);
        for email in all {
            sign_in(&mut Browser::new(&app), email, "not the password")
                .await
                .expect(401);
        }
    }
);
