//! What runs out in the next months, and what happens then.

use tillsyn_core::clock::DAY_MS;
use tillsyn_core::push::PushTopicView;
use tillsyn_core::tokens::{self, TokenView};
use tillsyn_core::{Permission, push};

use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, Zone};
use crate::ui::{Link, Tone, urls};

/// How far ahead it looks.
const DAYS: i64 = 90;
/// Less is urgent, and soon.
const URGENT_DAYS: i64 = 14;
const SOON_DAYS: i64 = 30;
/// Lines at most, the soonest first.
const LINES: usize = 8;

/// One thing that runs out.
pub struct ExpiryRow {
    ends: i64,
    pub name: String,
    pub note: String,
    pub tone: Tone,
    pub icon: &'static str,
    /// How long it has.
    pub left: String,
    pub date: String,
    pub effect: String,
    pub action: Link,
}

impl ExpiryRow {
    fn new(l: Texts, zone: &Zone, ends: i64, (name, note): (String, String)) -> Self {
        let days = (ends - zone.now_ms).div_euclid(DAY_MS);
        let (tone, icon) = match days {
            ..URGENT_DAYS => (Tone::Bad, "alert"),
            URGENT_DAYS..SOON_DAYS => (Tone::Warn, "clock"),
            _ => (Tone::Ok, "check"),
        };
        Self {
            ends,
            name,
            note,
            tone,
            icon,
            left: if days < 0 {
                l.t("expiry-over")
            } else {
                l.tn("expiry-days", days)
            },
            date: l.date(ends, zone),
            effect: String::new(),
            action: Link::default(),
        }
    }

    /// A push certificate.
    pub fn push(l: Texts, zone: &Zone, ends: i64, account: &str, devices: i64) -> Self {
        Self {
            effect: l.tn("expiry-push-effect", devices),
            action: Link {
                href: urls::PUSH.to_owned(),
                text: l.t("need-push-renew"),
            },
            ..Self::new(l, zone, ends, (l.t("expiry-push"), account.to_owned()))
        }
    }

    /// One of the reader's own API tokens.
    pub fn token(l: Texts, zone: &Zone, ends: i64, name: &str) -> Self {
        Self {
            effect: l.t("expiry-token-effect"),
            action: Link {
                href: urls::TOKENS.to_owned(),
                text: l.t("expiry-token-act"),
            },
            ..Self::new(l, zone, ends, (l.t("expiry-token"), name.to_owned()))
        }
    }

    pub(super) async fn all(visitor: &Visitor) -> Result<Vec<Self>, Failure> {
        let (l, zone) = (visitor.texts, &visitor.zone);
        let until = zone.now_ms + DAYS * DAY_MS;
        let mut rows = Vec::new();
        if visitor.may(Permission::PushRead) {
            let topics = push::list_topics(visitor.core(), visitor.actor()).await?;
            rows.extend(topics.iter().map(|topic: &PushTopicView| {
                let account = topic.vendor_account.as_deref().unwrap_or(&topic.subject);
                Self::push(l, zone, topic.not_after, account, topic.devices)
            }));
        }
        if visitor.may(Permission::TokensOwn) {
            let own = tokens::list_tokens(visitor.core(), visitor.actor()).await?;
            let in_use =
                |token: &&TokenView| token.revoked_at.is_none() && token.expires_at > zone.now_ms;
            let row = |token: &TokenView| Self::token(l, zone, token.expires_at, &token.name);
            rows.extend(own.iter().filter(in_use).map(row));
        }
        rows.retain(|row| row.ends <= until);
        rows.sort_by_key(|row| row.ends);
        rows.truncate(LINES);
        Ok(rows)
    }
}
