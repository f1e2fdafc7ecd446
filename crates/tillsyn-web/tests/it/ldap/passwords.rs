//! Signing in with the password of the directory.

use serde_json::json;
use tillsyn_core::accounts::portal::PasswordSource as _;
use tillsyn_core::ids::{DirectoryId, PersonId};
use tillsyn_core::ldap::{LdapPasswords, PasswordCheck, verify_password};
use tillsyn_testkit::canaries::{Canary, cells};
use tillsyn_testkit::letters::Letter;
use tillsyn_testkit::{OpenLdap, OpenLdapOptions, TestApp, both_engines};
use zeroize::Zeroizing;

use super::{in_state, person, settings, source, still, sync, three};
use crate::console::browser::Browser;

async fn ask(app: &TestApp, id: &DirectoryId, login: &str, password: &str) -> PasswordCheck {
    let password = Zeroizing::new(password.to_owned());
    verify_password(&app.core, id, login, &password)
        .await
        .unwrap()
}

fn dn(uid: &str) -> String {
    format!("uid={uid},{}", OpenLdap::PEOPLE)
}

both_engines!(
    right_password_proves_the_person_of_the_entry,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        let known = person(&app, "maja").await.unwrap();
        let PasswordCheck::Right(proved) = ask(&app, &id, " Maja ", "maja-password").await else {
            panic!("the password is right");
        };
        assert_eq!(proved.person_id.unwrap().as_str(), known.0);
        assert_eq!(
            ask(&app, &id, "maja", "erik-password").await,
            PasswordCheck::Wrong
        );
        assert_eq!(
            ask(&app, &id, "nobody", "maja-password").await,
            PasswordCheck::Wrong
        );
        // Neither the account that reads nor anybody's password is anywhere in the store.
        let canaries = [
            Canary::new("service", OpenLdap::SERVICE_PASSWORD),
            Canary::new("person", "maja-password"),
            Canary::new("wrong", "erik-password"),
        ];
        for (table, column, value) in cells(&app.db()).await {
            for canary in &canaries {
                assert!(!canary.is_in(&value), "{} in {table}.{column}", canary.name);
            }
        }
    }
);

both_engines!(
    hostile_names_are_nobody_and_meet_no_account,
    still(),
    |app| async move {
        let mut ldif = three();
        ldif.push_str(
            &OpenLdap::person("åsa", "Åsa", "Öberg")
                .replace(
                    "dn: uid=åsa,ou=people,dc=norrvik,dc=example",
                    "dn:: dWlkPcOlc2Esb3U9cGVvcGxlLGRjPW5vcnJ2aWssZGM9ZXhhbXBsZQ==",
                )
                .replace("uid: åsa", "uid:: w6VzYQ==")
                .replace("cn: Åsa Öberg", "cn:: w4VzYSDDlmJlcmc=")
                .replace("givenName: Åsa", "givenName:: w4VzYQ==")
                .replace("sn: Öberg", "sn:: w5ZiZXJn")
                .replace("mail: åsa@", "mail: asa@")
                .replace("userPassword: åsa-password", "userPassword: asa-password"),
        );
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let id = source(&app, settings(&server)).await;
        for name in [
            "*",
            ")(uid=*",
            "*)(objectClass=*",
            "maja*",
            "m\0aja",
            "maja\0",
            "\\",
            "\\6daja",
            "maja)(cn=*",
            "é",
            "",
        ] {
            assert_eq!(
                ask(&app, &id, name, "maja-password").await,
                PasswordCheck::Wrong,
                "{name:?}"
            );
        }
        assert_eq!(server.binds(&dn("maja")), 0);
        let found = ask(&app, &id, "åsa", "asa-password").await;
        assert!(matches!(found, PasswordCheck::Right(_)), "{found:?}");
    }
);

both_engines!(
    two_people_by_one_name_are_nobody,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let mut ambiguous = settings(&server);
        ambiguous.login_filter = Some("(|(uid={login})(preferredLanguage={login}))".to_owned());
        let id = source(&app, ambiguous).await;
        assert_eq!(
            ask(&app, &id, "sv", "maja-password").await,
            PasswordCheck::Wrong
        );
        assert_eq!(server.binds(&dn("maja")), 0);
    }
);

both_engines!(
    empty_and_impossible_passwords_are_never_sent,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        let before = server.binds(OpenLdap::SERVICE_DN);
        for password in ["", "a\0b", &"x".repeat(1025)] {
            assert_eq!(ask(&app, &id, "maja", password).await, PasswordCheck::Wrong);
        }
        // Not even the account that reads asked anything.
        assert_eq!(server.binds(OpenLdap::SERVICE_DN), before);
    }
);

both_engines!(
    fourth_wrong_password_asks_nothing_of_the_directory,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        for _ in 0..3 {
            assert_eq!(
                ask(&app, &id, "maja", "wrong-password").await,
                PasswordCheck::Wrong
            );
        }
        assert_eq!(server.binds(&dn("maja")), 3);
        let before = server.binds(OpenLdap::SERVICE_DN);
        for login in ["maja", "MAJA", " maja "] {
            assert_eq!(
                ask(&app, &id, login, "maja-password").await,
                PasswordCheck::Paused
            );
        }
        assert_eq!(server.binds(OpenLdap::SERVICE_DN), before);
        // An unknown name gets the same answers.
        for _ in 0..3 {
            assert_eq!(
                ask(&app, &id, "nobody", "wrong-password").await,
                PasswordCheck::Wrong
            );
        }
        assert_eq!(
            ask(&app, &id, "nobody", "wrong-password").await,
            PasswordCheck::Paused
        );
        // Others are not held up, and the pause ends.
        assert!(matches!(
            ask(&app, &id, "erik", "erik-password").await,
            PasswordCheck::Right(_)
        ));
        app.clock.advance_ms(15 * 60_000);
        assert!(matches!(
            ask(&app, &id, "maja", "maja-password").await,
            PasswordCheck::Right(_)
        ));
        assert_eq!(server.binds(&dn("maja")), 4);
    }
);

both_engines!(
    expired_locked_and_reset_passwords_do_not_sign_in,
    still(),
    |app| async move {
        let state = |uid: &str, lines: &str| {
            let person = OpenLdap::person(uid, "Any", "Body");
            format!("{}\n{lines}\n\n", person.trim_end())
        };
        let ldif = [
            state(
                "expired",
                "pwdChangedTime: 20200101000000Z\npwdPolicySubentry: cn=strict,ou=policies,dc=norrvik,dc=example",
            ),
            state("locked", "pwdAccountLockedTime: 20200101000000Z"),
            state("closed", "pwdAccountLockedTime: 000001010000Z"),
            state("reset", "pwdReset: TRUE"),
            OpenLdap::person("fine", "Fine", "Body"),
        ]
        .concat();
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let mut with_url = settings(&server);
        with_url.password_url = Some("https://password.norrvik.example".to_owned());
        let id = source(&app, with_url).await;
        let must_change = PasswordCheck::MustChange {
            url: Some("https://password.norrvik.example".to_owned()),
        };
        assert_eq!(
            ask(&app, &id, "expired", "expired-password").await,
            must_change
        );
        // Bind answers success here, and nothing is allowed after it.
        assert_eq!(ask(&app, &id, "reset", "reset-password").await, must_change);
        assert_eq!(
            ask(&app, &id, "reset", "wrong-password").await,
            PasswordCheck::Wrong
        );
        assert_eq!(
            ask(&app, &id, "locked", "locked-password").await,
            PasswordCheck::Locked
        );
        assert_eq!(
            ask(&app, &id, "closed", "closed-password").await,
            PasswordCheck::Locked
        );
        assert!(matches!(
            ask(&app, &id, "fine", "fine-password").await,
            PasswordCheck::Right(_)
        ));
        // Whoever is locked for good is not active in the list of people either.
        sync(&app, &id).await;
        assert_eq!(in_state(&app, "active").await, 4);
    }
);

both_engines!(
    portal_says_what_to_do_about_a_right_password_that_ended_and_nothing_to_strangers,
    still(),
    |app| async move {
        let state = |uid: &str, lines: &str| {
            let person = OpenLdap::person(uid, "Any", "Body");
            format!("{}\n{lines}\n\n", person.trim_end())
        };
        let ldif = [
            state("reset", "pwdReset: TRUE"),
            state(
                "expired",
                "pwdChangedTime: 20200101000000Z\npwdPolicySubentry: cn=strict,ou=policies,dc=norrvik,dc=example",
            ),
            state("locked", "pwdAccountLockedTime: 20200101000000Z"),
        ]
        .concat();
        let server = OpenLdap::start(OpenLdapOptions::default(), &ldif).await;
        let mut with_url = settings(&server);
        with_url.password_url = Some("https://password.norrvik.example".to_owned());
        let id = source(&app, with_url).await;
        sync(&app, &id).await;
        let come = async |uid: &str, password: &str, lang: &'static str| {
            let mut browser = Browser::new(&app);
            browser.language = lang;
            let login = format!("{uid}@norrvik.example");
            let fields = [("login", login.as_str()), ("password", password)];
            browser.send_form("/portal/sign-in", &fields).await
        };
        for (uid, lang, text) in [
            ("reset", "en", "it has expired or has to be changed first"),
            ("expired", "sv", "det har gått ut eller måste bytas först"),
            (
                "expired",
                "ja",
                "有効期限が切れているか、先に変更する必要があります",
            ),
        ] {
            let password = format!("{uid}-password");
            let told = come(uid, &password, lang).await.expect(403);
            told.says(text);
            told.says("href=\"https://password.norrvik.example\"");
        }
        // Whoever does not have the password learns nothing, nor does anybody of a locked account.
        for (uid, password) in [
            ("reset", "wrong-password"),
            ("expired", "wrong-password"),
            ("locked", "locked-password"),
            ("nobody", "wrong-password"),
        ] {
            let told = come(uid, password, "en").await.expect(401);
            told.says("Mail address or password is not right.");
            told.says_not("password.norrvik.example");
        }
        // It was no guess, however often; it is recorded, and nobody is signed in.
        for _ in 0..8 {
            come("reset", "reset-password", "en").await.expect(403);
        }
        let sessions = "SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id \
            WHERE a.role = 'portal'";
        assert_eq!(app.count(sessions).await, 0);
        let refused = "SELECT count(*) FROM event WHERE action = 'session.create' \
            AND result = 'refused'";
        assert!(app.count(refused).await >= 15);
    }
);

both_engines!(
    directory_that_is_gone_is_no_wrong_password,
    still(),
    |app| async move {
        let mut server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        server.stop();
        for _ in 0..5 {
            assert_eq!(
                ask(&app, &id, "maja", "maja-password").await,
                PasswordCheck::Unavailable
            );
        }
        server.resume().await;
        assert!(matches!(
            ask(&app, &id, "maja", "maja-password").await,
            PasswordCheck::Right(_)
        ));
    }
);

both_engines!(
    portal_asks_the_directory_of_the_person_and_of_nobody_else,
    still(),
    |app| async move {
        let mut server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        let maja = PersonId::parse(&person(&app, "maja").await.unwrap().0).unwrap();
        let stranger = PersonId::parse("0197c8a0-0000-7000-8000-00000000beef").unwrap();
        let (core, there) = (&app.core, LdapPasswords);
        assert!(there.checks(core, &maja).await.unwrap());
        assert!(!there.checks(core, &stranger).await.unwrap());
        let word = |text: &str| Zeroizing::new(text.to_owned());
        assert!(
            there
                .verify(core, &maja, word("maja-password"))
                .await
                .unwrap()
        );
        assert!(
            !there
                .verify(core, &maja, word("erik-password"))
                .await
                .unwrap()
        );
        assert!(
            !there
                .verify(core, &stranger, word("maja-password"))
                .await
                .unwrap()
        );
        server.stop();
        let away = there.verify(core, &maja, word("maja-password")).await;
        assert_eq!(away.unwrap_err().code, "directory_away");
    }
);

both_engines!(
    an_invitation_says_whose_password_is_asked_for_later,
    still(),
    |app| async move {
        let server = OpenLdap::start(OpenLdapOptions::default(), &three()).await;
        let id = source(&app, settings(&server)).await;
        sync(&app, &id).await;
        let api = app.owner_api().await;
        let mails = crate::mail::server(&app, &api).await;
        let (maja, ..) = person(&app, "maja").await.unwrap();
        let body = json!({ "name": "Ann", "email": "ann@example.org", "language": "en" });
        let ann = api.post("/api/v1/people", &body).await.expect(201);
        for invited in [maja.as_str(), ann["id"].as_str().unwrap()] {
            let body = json!({ "person_id": invited });
            api.post("/api/v1/invitations/send", &body)
                .await
                .expect(201);
        }
        app.run_job("mail").await;
        let letters: Vec<Letter> = mails.received().iter().map(Letter::read).collect();
        assert_eq!(letters.len(), 2);
        for letter in letters {
            let told = [
                "password that you use at",
                "som du använder hos",
                "使っているパスワード",
            ]
            .iter()
            .any(|words| letter.plain.contains(words));
            assert_eq!(told, letter.to != "ann@example.org", "{}", letter.plain);
        }
    }
);
