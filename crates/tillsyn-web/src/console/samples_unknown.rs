//! Samples of the devices that enrolled between a backup and its restore.

use tillsyn_core::unknown_senders::{Readoption, ReadoptionPreview, UnknownSender};

use super::frame::{Emptiness, Place};
use super::samples::{DAY, ID, LONG, NOW, frame, pager, zone};
use super::unknown_senders::{
    KnownSender, ReadoptPage, ReadoptedPage, UnknownRow, UnknownSendersPage, lines, platforms,
    refused_row, row,
};
use super::words::{self, FieldError};
use crate::i18n::Texts;
use crate::ui::{Choice, Link, Sample, urls};

const CERTIFICATES: [&str; 4] = [
    "0c6d1f7a9be24f58a3d0c6d1f7a9be24f58a3d0c6d1f7a9be24f58a3d01c77e2",
    "3b2e9d41c77e25f0a4be31c77e25f0a4be31c77e25f0a4be31c77e25f0a4be31",
    "8f5f0a4be31c7730193e9d41c77e25f0a4be3193e9d41c77e25f0a4be31c0417",
    "d41c77e25f0a4be3193e9d41c7730193e9d41c77e25f0a4be31c77e2b2e9d410",
];

fn found(at: usize, name: Option<&str>, udid: Option<&str>) -> UnknownSender {
    UnknownSender {
        certificate_sha256: CERTIFICATES[at].to_owned(),
        udid: udid.map(str::to_owned),
        enrollment_id: None,
        contradicts: false,
        rivals: 0,
        device_id: name.map(|_| ID.to_owned()),
        device_name: name.map(str::to_owned),
        enrolled_otherwise: false,
        address: Some("192.0.2.17".to_owned()),
        times: 1_204,
        first_at: NOW - 2 * DAY,
        last_at: NOW - DAY / 50,
    }
}

fn all() -> [UnknownSender; 4] {
    [
        UnknownSender {
            enrolled_otherwise: true,
            ..found(0, Some(LONG), Some("00008110-000A4C1E0E88801E"))
        },
        UnknownSender {
            rivals: 2,
            ..found(1, None, Some("00008130-0012345678901234"))
        },
        UnknownSender {
            contradicts: true,
            ..found(2, Some("ENG-IPH-0417"), Some("00008120-00160D3A0E84201E"))
        },
        UnknownSender {
            address: None,
            times: 1,
            ..found(3, None, None)
        },
    ]
}

fn rows(l: Texts) -> Vec<UnknownRow> {
    let all = all();
    let rows = all.iter().map(|one| row((l, &zone()), true, one));
    rows.collect()
}

impl Sample for UnknownSendersPage {
    const NAME: &'static str = "unknown-senders";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let ownership = ["corporate", "personal"].map(|value| Choice {
            value: value.to_owned(),
            text: words::ownership(l, value),
            chosen: false,
        });
        let page = |rows: Vec<UnknownRow>, confirm_first: bool, find: &str| Self {
            f: frame(l, Place::Overview, urls::UNKNOWN_SENDERS),
            pager: pager(l, 4, 4),
            empty: Emptiness::of(rows.len(), !find.is_empty()),
            find: find.to_owned(),
            rows,
            ownership: ownership.clone().into(),
            units: vec![Choice {
                value: ID.to_owned(),
                text: "Norrvik University".to_owned(),
                chosen: true,
            }],
            platforms: platforms(l),
            confirm_first,
            help: urls::DOCS.to_owned(),
        };
        vec![
            ("some", page(rows(l), false, "")),
            ("passkey", page(rows(l), true, "00008")),
            ("none", page(Vec::new(), false, "")),
            ("no-match", page(Vec::new(), false, "zzz")),
        ]
    }
}

impl Sample for ReadoptPage {
    const NAME: &'static str = "unknown-readopt";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |taken: usize, replaced: usize, all: bool, push_missing: bool| {
            let wanted = Readoption {
                certificates: (!all).then(Vec::new),
                unit: None,
                ownership: "corporate".to_owned(),
                platform: "ios".to_owned(),
                seen_at: None,
            };
            let preview = ReadoptionPreview {
                unit_name: "Norrvik University".to_owned(),
                taken,
                replaced,
                refused: 2,
                senders: Vec::new(),
                seen_at: NOW,
                push_missing,
            };
            let senders: Vec<KnownSender> = rows(l).into_iter().map(|row| row.sender).collect();
            let codes = ["", "sender_rivals", "sender_contradicts", "device_managed"];
            let of = senders.into_iter().zip(codes);
            Self {
                f: frame(l, Place::Overview, urls::READOPT),
                title: if taken == 0 {
                    l.t("unknown-take-none")
                } else {
                    l.tn("unknown-take-title", taken)
                },
                nothing: taken == 0,
                lines: lines(l, &wanted, &preview),
                ends: replaced > 0,
                refused: l.tn("unknown-take-refused", 2),
                rows: of
                    .map(|(sender, code)| match code {
                        "" => (sender, l.t("unknown-row-ends"), true),
                        code => refused_row(l, sender, code),
                    })
                    .collect(),
                more: l.tn("many-more", 812),
                push_missing,
                fields: vec![("which", "all".to_owned())],
                password: true,
                password_error: FieldError::PasswordWrong.text(l),
                error: words::refusal(l, "queue_full"),
                submit: l.tn("unknown-take-submit", taken),
            }
        };
        vec![
            ("named", page(12, 3, false, false)),
            ("ends-nothing", page(1, 0, false, false)),
            ("all", page(4_812, 0, true, false)),
            ("none", page(0, 0, false, false)),
            ("push-missing", page(12, 0, true, true)),
        ]
    }
}

impl Sample for ReadoptedPage {
    const NAME: &'static str = "unknown-readopted";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |taken: usize, refused: usize| Self {
            f: frame(l, Place::Overview, urls::UNKNOWN_SENDERS),
            title: if taken == 0 {
                l.t("unknown-done-none")
            } else {
                l.tn("unknown-done-title", taken)
            },
            nothing: taken == 0,
            ended: if taken == 0 {
                String::new()
            } else {
                l.tn("unknown-done-ended", 3)
            },
            taken: [LONG, "ENG-IPH-0417"]
                .into_iter()
                .take(taken)
                .map(|name| Link {
                    href: urls::device(ID),
                    text: name.to_owned(),
                })
                .collect(),
            taken_more: if taken > 2 {
                l.tn("many-more", taken - 2)
            } else {
                String::new()
            },
            refused: l.tn("unknown-done-refused", refused),
            rows: ["sender_rivals", "sender_changed"]
                .into_iter()
                .zip(CERTIFICATES)
                .take(refused)
                .map(|(code, certificate)| {
                    let sender = KnownSender {
                        name: certificate.chars().take(12).collect(),
                        href: String::new(),
                        udid: String::new(),
                        certificate: certificate.to_owned(),
                    };
                    let (sender, why, _) = refused_row(l, sender, code);
                    (sender.name, why)
                })
                .collect(),
            refused_more: String::new(),
        };
        vec![
            ("all", page(1, 0)),
            ("some", page(412, 2)),
            ("none", page(0, 1)),
        ]
    }
}
