use super::{DeviceFacts, Facts, InvitationFacts, NextAct, Trouble, next_act};

const DAY: i64 = 86_400_000;
const NOW: i64 = 100 * DAY;

fn device(id: &str) -> DeviceFacts {
    DeviceFacts {
        id: id.to_owned(),
        managed: true,
        contact: "reachable".to_owned(),
        wakes: true,
        supervised: true,
        personal: false,
        last_seen: Some(NOW - 1000),
    }
}

fn invitation(id: &str, status: &'static str) -> InvitationFacts {
    InvitationFacts {
        id: id.to_owned(),
        status,
        ..InvitationFacts::default()
    }
}

fn person() -> Facts {
    Facts {
        now_ms: NOW,
        active: true,
        has_mail: true,
        ..Facts::default()
    }
}

fn with_device(change: impl FnOnce(&mut DeviceFacts)) -> Facts {
    let mut one = device("d");
    change(&mut one);
    Facts {
        devices: vec![one],
        ..person()
    }
}

fn failed(cause: &str, status: &'static str) -> Facts {
    Facts {
        failed: Some((cause.to_owned(), "i".to_owned())),
        invitations: vec![invitation("i", status)],
        ..person()
    }
}

#[test]
fn each_situation_has_its_next_act() {
    let (i, d) = ("i".to_owned(), "d".to_owned());
    let locked_pin = Facts {
        invitations: vec![InvitationFacts {
            pin_locked: true,
            ..invitation("i", "open")
        }],
        ..person()
    };
    let opened = Facts {
        invitations: vec![InvitationFacts {
            opened: true,
            ..invitation("i", "open")
        }],
        ..person()
    };
    let sent = Facts {
        invitations: vec![invitation("i", "open"), invitation("old", "expired")],
        ..person()
    };
    let over = Facts {
        invitations: vec![invitation("i", "expired")],
        ..person()
    };
    let trouble = |sign_in, has_mail| Facts {
        sign_in,
        has_mail,
        devices: vec![device("d")],
        ..person()
    };
    let cases = [
        (
            Facts {
                active: false,
                ..trouble(Trouble::Locked, true)
            },
            NextAct::Activate,
        ),
        (trouble(Trouble::Locked, true), NextAct::UnlockSignIn),
        (trouble(Trouble::Expired, true), NextAct::SendPasswordLink),
        (trouble(Trouble::Expired, false), NextAct::GivePassword),
        (
            locked_pin,
            NextAct::NewPin {
                invitation: i.clone(),
            },
        ),
        (
            failed("too_late", "open"),
            NextAct::NewProfile {
                invitation: i.clone(),
            },
        ),
        (
            failed("no_answer", "open"),
            NextAct::NewProfile {
                invitation: i.clone(),
            },
        ),
        (
            failed("device_of_another", "open"),
            NextAct::Remedy {
                cause: "device_of_another".to_owned(),
                invitation: i.clone(),
            },
        ),
        (failed("too_late", "expired"), NextAct::Invite),
        (
            opened,
            NextAct::NewProfile {
                invitation: i.clone(),
            },
        ),
        (sent, NextAct::ResendInvitation { invitation: i }),
        (over, NextAct::Invite),
        (person(), NextAct::Invite),
        (with_device(|d| d.managed = false), NextAct::Invite),
        (
            with_device(|d| d.wakes = false),
            NextAct::RenewPush { device: d.clone() },
        ),
        (
            with_device(|d| d.contact = "unreachable".to_owned()),
            NextAct::EnrollAgain { device: d.clone() },
        ),
        (
            with_device(|d| d.last_seen = Some(NOW - 8 * DAY)),
            NextAct::LostMode { device: d.clone() },
        ),
        (
            with_device(|d| {
                d.last_seen = Some(NOW - 8 * DAY);
                d.personal = true;
            }),
            NextAct::AskCheckIn { device: d.clone() },
        ),
        (
            with_device(|d| d.last_seen = Some(NOW - 2 * DAY)),
            NextAct::AskCheckIn { device: d },
        ),
        (with_device(|_| {}), NextAct::Nothing),
    ];
    for (facts, expected) in cases {
        assert_eq!(next_act(&facts), expected, "{facts:?}");
    }
}
