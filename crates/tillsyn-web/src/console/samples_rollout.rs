//! Samples of the pages about assigning, planning and proving profiles.

use super::device::{CommandLine, ItemRow, ItemsTab, ProfileRow, Proof, WhyLine};
use super::samples::{NOW, ago, zone};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Link, status, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas trådlösa nät";

fn link(href: String, text: &str) -> Link {
    Link {
        href,
        text: text.to_owned(),
    }
}

fn item(l: Texts, name: &str, state: &str) -> ItemRow {
    let proof = |version: i64, minutes: i64| {
        Some(Proof {
            text: l.ta("rollout-version", version),
            when: ago(l, minutes),
        })
    };
    let good = state == "as_desired";
    let refused = state == "refused";
    ItemRow {
        profile: link(urls::profile(ID), name),
        identifier: "example.norrvik.eduroam".to_owned(),
        user: if state == "behind" {
            "elin".to_owned()
        } else {
            String::new()
        },
        status: status(l, "item", state),
        desired: l.ta("rollout-version", 3),
        delivered: if good {
            proof(3, 12)
        } else if refused {
            None
        } else {
            proof(2, 4000)
        },
        confirmed: if good { proof(3, 11) } else { None },
        why: if refused {
            Vec::new()
        } else {
            vec![
                WhyLine {
                    kind: l.t("rollout-why-group"),
                    target: link(urls::group(ID), "Laboratory"),
                    version: String::new(),
                },
                WhyLine {
                    kind: l.t("rollout-why-unit"),
                    target: link(urls::UNITS.to_owned(), "Physics"),
                    version: l.ta("rollout-fixed", 3),
                },
            ]
        },
        reason: if refused {
            words::item_reason(l, "refused_by_device", None)
        } else {
            String::new()
        },
        said: if refused {
            "The profile is invalid. (MCProfileErrorDomain 1000)".to_owned()
        } else {
            String::new()
        },
        next: refused.then(|| l.moment(NOW + 3_600_000, &zone())),
        drifted: good.then(|| Proof {
            text: l.tn("rollout-drifts", 2),
            when: ago(l, 600),
        }),
        command: (state == "behind").then(|| CommandLine {
            href: urls::command(ID, ID),
            status: status(l, "command", "not_now"),
        }),
    }
}

/// The profiles tab of a device.
pub(super) fn items_tab(l: Texts) -> ItemsTab {
    ItemsTab {
        items: vec![
            item(l, "eduroam", "as_desired"),
            item(l, "Campus VPN", "behind"),
            item(l, LONG, "refused"),
        ],
        foreign: vec![ProfileRow {
            name: "Tillsyn".to_owned(),
            identifier: "se.tillsyn.enrollment.01939f3c".to_owned(),
            origin: words::profile_origin(l, "enrollment"),
            removable: false,
        }],
        may_check: true,
    }
}
