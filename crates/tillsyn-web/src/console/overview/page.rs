//! The overview: what needs somebody, then figures.

use std::cmp::Reverse;

use askama::Template;
use tillsyn_core::invitations::FAILED_TODAY;

use super::expiry::ExpiryRow;
use super::trend::Trend;
use crate::console::first_steps::FirstStepsCard;
use crate::console::frame::Frame;
use crate::docs;
use crate::i18n::{Texts, When};
use crate::ui::{Link, Tone, urls};

/// `GET /console`.
#[derive(Template)]
#[template(path = "console/overview.html")]
pub struct OverviewPage {
    pub f: Frame,
    /// What is left of setting up; none when all is done or the reader put it away.
    pub first_steps: Option<FirstStepsCard>,
    /// At most 6, most harm first.
    pub needs: Vec<Need>,
    /// When the list above was last worked out.
    pub checked: When,
    pub figures: Vec<Figure>,
    pub trend: Trend,
    /// What runs out in the next months, the soonest first.
    pub expiry: Vec<ExpiryRow>,
    pub versions: Vec<VersionRow>,
    pub contact: Contact,
    /// Commands that wait for something, newest first.
    pub waiting: Vec<Waiting>,
    pub activity: Vec<Activity>,
}

/// One line of "Needs you": what, why it matters, one button.
pub struct Need {
    pub tone: Tone,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    pub action: Link,
    /// Days until it happens; none for what is so already.
    soon: i64,
    /// Devices, commands or attempts that it hits.
    hit: u64,
}

impl Need {
    fn new(tone: Tone, icon: &'static str, title: String, text: String, action: Link) -> Self {
        Self {
            tone,
            icon,
            title,
            text,
            action,
            soon: 0,
            hit: u64::MAX,
        }
    }

    fn hitting(self, hit: u64) -> Self {
        Self { hit, ..self }
    }

    /// Most harm first: how bad, how soon, how many.
    pub fn sort(needs: &mut [Self]) {
        needs.sort_by_key(|need| (need.tone != Tone::Bad, need.soon, Reverse(need.hit)));
    }

    /// Nothing Apple can be enrolled or reached before there is a push certificate.
    pub fn push_missing(l: Texts) -> Self {
        Self::new(
            Tone::Bad,
            "alert",
            l.t("need-push-missing"),
            l.t("need-push-missing-text"),
            link(urls::PUSH, l.t("need-push-missing-act")),
        )
    }

    /// `date` is the day it ends, `devices` how many become unreachable then.
    pub fn push_expiring(l: Texts, days: i64, date: &str, devices: u64, account: &str) -> Self {
        let args = [
            ("date", date.into()),
            ("n", devices.into()),
            ("account", account.into()),
        ];
        Self {
            soon: days,
            hit: devices,
            ..Self::new(
                if days > 14 { Tone::Warn } else { Tone::Bad },
                "alert",
                l.tn("need-push-expiring", days),
                l.t_args("need-push-expiring-text", &args),
                link(urls::PUSH, l.t("need-push-renew")),
            )
        }
    }

    /// APNs does not take the certificate any more; `reason` in Apple's words.
    pub fn push_stopped(l: Texts, reason: &str) -> Self {
        Self::new(
            Tone::Bad,
            "alert",
            l.t("need-push-stopped"),
            l.ta("need-push-stopped-text", reason),
            link(urls::PUSH, l.t("need-push-renew")),
        )
    }

    /// APNs takes the certificate and refuses what is pushed with it.
    pub fn push_alarm(l: Texts, reason: &str) -> Self {
        Self::new(
            Tone::Bad,
            "alert",
            l.t("need-push-alarm"),
            l.ta("push-alarm", reason),
            link(urls::PUSH, l.t("need-push-renew")),
        )
    }

    pub fn push_expired(l: Texts, date: &str, devices: u64, account: &str) -> Self {
        let args = [
            ("date", date.into()),
            ("n", devices.into()),
            ("account", account.into()),
        ];
        Self::new(
            Tone::Bad,
            "alert",
            l.t("need-push-expired"),
            l.t_args("need-push-expired-text", &args),
            link(urls::PUSH, l.t("need-push-renew")),
        )
        .hitting(devices)
    }

    /// Commands that the guard holds until somebody decides.
    pub fn held(l: Texts, commands: u64) -> Self {
        Self::new(
            Tone::Warn,
            "pause",
            l.tn("need-held", commands),
            l.t("need-held-text"),
            link(urls::APPROVALS, l.t("nav-approvals")),
        )
        .hitting(commands)
    }

    /// Devices whose push token is dead.
    pub fn unreachable(l: Texts, devices: u64) -> Self {
        Self::new(
            Tone::Warn,
            "wifi",
            l.tn("need-unreachable", devices),
            l.t("need-unreachable-text"),
            link(&contact_list("unreachable"), l.t("need-devices-act")),
        )
        .hitting(devices)
    }

    /// Devices that Apple reaches and that do not answer.
    pub fn silent(l: Texts, devices: u64) -> Self {
        Self::new(
            Tone::Warn,
            "clock",
            l.tn("need-silent", devices),
            l.t("need-silent-text"),
            link(&contact_list("unhealthy"), l.t("need-devices-act")),
        )
        .hitting(devices)
    }

    /// Devices that refuse a profile that they are to have.
    pub fn refused(l: Texts, devices: u64) -> Self {
        Self::new(
            Tone::Warn,
            "profile",
            l.tn("need-refused", devices),
            l.t("need-refused-text"),
            link(urls::PROFILES, l.t("need-refused-act")),
        )
        .hitting(devices)
    }

    /// Devices that enrolled after the backup that was restored: they are managed no more until somebody takes
    /// them in again: `may` says whether the reader can.
    pub fn unknown(l: Texts, devices: u64, may: bool) -> Self {
        let act = if may {
            link(urls::UNKNOWN_SENDERS, l.t("need-unknown-take"))
        } else {
            link(&docs::url("backup"), l.t("need-unknown-act"))
        };
        Self::new(
            Tone::Bad,
            "alert",
            l.tn("need-unknown", devices),
            l.t("need-unknown-text"),
            act,
        )
        .hitting(devices)
    }

    /// Identities whose renewal came to nothing: they run out one day.
    pub fn renewals_late(l: Texts, certificates: u64) -> Self {
        let late = urls::Query::default()
            .with("status", "late")
            .url(urls::CERTIFICATES);
        Self::new(
            Tone::Warn,
            "key",
            l.tn("need-renewals", certificates),
            l.t("need-renewals-text"),
            link(&late, l.t("need-renewals-act")),
        )
        .hitting(certificates)
    }

    pub fn attempts_failed(l: Texts, attempts: u64) -> Self {
        let failed = urls::Query::default()
            .with("status", FAILED_TODAY)
            .url(urls::ATTEMPTS);
        Self::new(
            Tone::Warn,
            "enroll",
            l.tn("need-attempts", attempts),
            l.t("need-attempts-text"),
            link(&failed, l.t("need-attempts-act")),
        )
        .hitting(attempts)
    }
}

/// The devices under management whose contact stands so; what left management is nobody's worry.
fn contact_list(contact: &str) -> String {
    managed_where("contact", contact)
}

/// Those of them that are active, or were until they fell silent.
fn managed_where(name: &str, value: &str) -> String {
    urls::Query::default()
        .with(name, value)
        .with("status", "active,not_seen")
        .url(urls::DEVICES)
}

fn link(href: &str, text: String) -> Link {
    Link {
        href: href.to_owned(),
        text,
    }
}

/// A key figure, linked to the list it counts.
pub struct Figure {
    pub label: String,
    pub value: String,
    pub note: String,
    pub href: String,
}

impl Figure {
    /// The four figures of the overview.
    pub fn all(l: Texts, counts: &Counts) -> Vec<Self> {
        let figure = |label: String, value: u64, note: String, href: String| Self {
            label,
            value: l.number(value),
            note,
            href,
        };
        vec![
            figure(
                l.t("figure-enrolled"),
                counts.active,
                l.tn("figure-enrolled-note", counts.devices),
                urls::devices_where("status", "active"),
            ),
            figure(
                l.t("figure-seen"),
                counts.seen_24_hours,
                // Retired devices are seen now and then, too: of all on record there is a share.
                l.ta(
                    "figure-seen-note",
                    &l.percent(counts.seen_24_hours, counts.devices),
                ),
                urls::devices_where("seen", "24h"),
            ),
            figure(
                l.t("figure-enrolling"),
                counts.invitations,
                l.tn("figure-enrolling-note", counts.failed_24_hours),
                urls::Query::default()
                    .with("status", "open")
                    .url(urls::INVITATIONS),
            ),
            figure(
                l.t("figure-waiting"),
                counts.waiting,
                l.tn("figure-waiting-note", counts.held),
                urls::commands_where("unfinished"),
            ),
        ]
    }
}

/// The numbers behind the figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub active: u64,
    /// All on record.
    pub devices: u64,
    pub seen_24_hours: u64,
    /// Invitations that can be used.
    pub invitations: u64,
    pub failed_24_hours: u64,
    /// Commands that have no result yet.
    pub waiting: u64,
    pub held: u64,
}

/// One platform and how its devices spread over OS versions.
pub struct VersionRow {
    pub icon: &'static str,
    pub name: &'static str,
    pub href: String,
    pub count: String,
    pub bar: Vec<Segment>,
    /// The bar in words.
    pub label: String,
    pub note: String,
}

/// A piece of a bar 100 units wide.
pub struct Segment {
    pub class: &'static str,
    pub x: String,
    pub width: String,
    pub title: String,
}

impl VersionRow {
    /// `versions` newest first, each with its number of devices: all that there are.
    pub fn new(
        l: Texts,
        icon: &'static str,
        name: &'static str,
        platform: &str,
        versions: &[(String, u64)],
    ) -> Self {
        let total: u64 = versions.iter().map(|(_, count)| count).sum();
        Self::of(l, (icon, name), platform, versions, total)
    }

    /// The same where only some versions are named, of `total` devices in all.
    pub fn of(
        l: Texts,
        (icon, name): (&'static str, &'static str),
        platform: &str,
        versions: &[(String, u64)],
        total: u64,
    ) -> Self {
        let named: u64 = versions.iter().map(|(_, count)| count).sum();
        let newest = versions.first();
        let others = (l.t("report-others"), total.saturating_sub(named));
        let mut versions = versions.to_vec();
        if others.1 > 0 {
            versions.push(others);
        }
        let words: Vec<String> = versions
            .iter()
            .map(|(version, count)| format!("{version}: {}", l.number(*count)))
            .collect();
        Self {
            icon,
            name,
            href: managed_where("platform", platform),
            count: l.number(total),
            bar: segments(
                versions
                    .iter()
                    .zip(
                        ["f-1", "f-2", "f-3", "f-4"]
                            .into_iter()
                            .chain(std::iter::repeat("f-4")),
                    )
                    .zip(&words)
                    .map(|(((_, count), class), words)| (class, *count, words.clone())),
                total,
            ),
            label: format!("{name}. {}", words.join(", ")),
            note: newest.map_or_else(String::new, |(version, count)| {
                let percent = l.percent(*count, total);
                l.t_args(
                    "versions-note",
                    &[("percent", (&percent).into()), ("version", version.into())],
                )
            }),
        }
    }
}

/// How devices answer: reachable, unreachable, silent.
#[derive(Default)]
pub struct Contact {
    pub bar: Vec<Segment>,
    pub label: String,
    pub rows: Vec<ContactRow>,
}

pub struct ContactRow {
    pub class: &'static str,
    pub text: String,
    pub count: String,
    pub href: String,
}

impl Contact {
    pub fn new(l: Texts, reachable: u64, unreachable: u64, silent: u64) -> Self {
        let parts = [
            ("reachable", "f-ok", reachable),
            ("unhealthy", "f-warn", silent),
            ("unreachable", "f-bad", unreachable),
        ];
        let word = |value| crate::ui::status(l, "contact", value).text;
        let rows: Vec<ContactRow> = parts
            .iter()
            .map(|(value, class, count)| ContactRow {
                class,
                text: word(value),
                count: l.number(*count),
                href: contact_list(value),
            })
            .collect();
        let words: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {}", row.text, row.count))
            .collect();
        let total = reachable + unreachable + silent;
        Self {
            bar: segments(
                parts
                    .iter()
                    .map(|(_, class, count)| (*class, *count, String::new())),
                total,
            ),
            label: words.join(", "),
            rows,
        }
    }
}

/// Pieces side by side with a hair of space between them; those without devices are left out.
fn segments(parts: impl Iterator<Item = (&'static str, u64, String)>, total: u64) -> Vec<Segment> {
    const GAP: u64 = 35;
    let mut x = 0;
    let mut out = Vec::new();
    for (class, count, title) in parts.filter(|(_, count, _)| *count > 0) {
        // Hundredths of a unit, so that everything stays an integer.
        let width = count * 10_000 / total.max(1);
        out.push(Segment {
            class,
            x: hundredths(x),
            width: hundredths(width.saturating_sub(GAP).max(30)),
            title,
        });
        x += width;
    }
    out
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// A command that waits, with what it waits for.
pub struct Waiting {
    pub tone: Tone,
    pub icon: &'static str,
    pub device: Link,
    pub command: String,
    pub word: String,
    pub cause: String,
    pub age: When,
}

/// One line of the recent past.
pub struct Activity {
    /// A person's name; empty when Tillsyn or a device did it.
    pub who: String,
    pub text: String,
    pub target: Link,
    pub when: When,
}
