//! What can be heard of, by whom.

use serde_json::Value as Json;
use tillsyn_db::Row;

use crate::actor::{Actor, Permission, Rights, authorize, authorize_device};
use crate::error::Error;
use crate::ids::AccountId;

/// One kind of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Something waits for a second person.
    Approvals,
    /// What one asked for was decided.
    Decisions,
    /// The budget is used up, everything was stopped, a freeze ended; a directory waits or cannot be read; devices knock
    /// that a restore does not know.
    Guard,
    /// The push certificate runs out or fails.
    Push,
    /// New administrators, and accounts that were rescued on the server.
    Administrators,
    /// One's own account was used from a new browser.
    SignIn,
    /// A webhook does not deliver.
    Webhooks,
    /// A device was lost.
    Lost,
    /// The audit trail is broken.
    Audit,
}

impl Topic {
    pub const ALL: [Self; 9] = [
        Self::Approvals,
        Self::Decisions,
        Self::Guard,
        Self::SignIn,
        Self::Administrators,
        Self::Push,
        Self::Audit,
        Self::Webhooks,
        Self::Lost,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approvals => "approvals",
            Self::Decisions => "decisions",
            Self::Guard => "guard",
            Self::Push => "push",
            Self::Administrators => "administrators",
            Self::SignIn => "sign_in",
            Self::Webhooks => "webhooks",
            Self::Lost => "lost",
            Self::Audit => "audit",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text)
    }

    /// The events of the topic.
    pub(super) fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Approvals => &["approval.ask"],
            Self::Decisions => &[
                "approval.approve",
                "approval.decline",
                "approval.lapse",
                "approval.overtaken",
                "guard.release",
            ],
            Self::Guard => &[
                "directory.held",
                "directory.ill",
                "enrollment.unknown",
                "guard.budget",
                "guard.stop",
                "guard.unfreeze",
            ],
            Self::Push => &[
                "push_certificate.alarm",
                "push_certificate.expired",
                "push_certificate.expiring",
                "push_certificate.stopped",
            ],
            Self::Administrators => &[
                "account.create",
                "account.identity",
                "account.mapped",
                "account.rescued",
            ],
            Self::SignIn => &["session.create"],
            Self::Webhooks => &["webhook.create", "webhook.failed", "webhook.pause"],
            Self::Lost => &["device.lost_mode_on"],
            Self::Audit => &["audit.broken"],
        }
    }

    /// What one must hold to hear of it at all; `None` where it is about oneself.
    fn needs(self) -> Option<Permission> {
        match self {
            Self::Approvals => Some(Permission::GuardApprove),
            Self::Guard | Self::Lost => Some(Permission::DevicesRead),
            Self::Push => Some(Permission::PushRead),
            Self::Administrators => Some(Permission::AccountsRead),
            Self::Webhooks => Some(Permission::WebhooksRead),
            Self::Audit => Some(Permission::AuditRead),
            Self::Decisions | Self::SignIn => None,
        }
    }

    /// Whether it makes sense to offer it.
    pub(super) fn is_for(self, rights: Rights) -> bool {
        self.needs().is_none_or(|needed| rights.holds(needed))
    }

    /// Whether one hears of it by mail without having chosen: what is about oneself, and what an attack
    /// would look like to those who can stop it.
    pub(super) fn usual(self, rights: Rights) -> bool {
        match self {
            Self::Approvals | Self::Decisions | Self::SignIn => true,
            Self::Guard | Self::Administrators => rights.holds(Permission::GuardApprove),
            Self::Push => rights.holds(Permission::PushWrite),
            Self::Audit => rights.holds(Permission::AuditManage),
            Self::Webhooks => rights.holds(Permission::WebhooksWrite),
            Self::Lost => false,
        }
    }

    pub(super) fn of_action(action: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|topic| topic.actions().contains(&action))
    }
}

/// Which events `e` somebody may hear of, as a condition in SQL; all of it is words of ours. Most sign-ins
/// are nobody's news.
pub(super) fn filter_sql() -> String {
    let all = Topic::ALL.iter().flat_map(|topic| topic.actions());
    let quoted: Vec<String> = all.map(|action| format!("'{action}'")).collect();
    let new_browser = r#"e.details LIKE '%"new_browser":true%'"#;
    format!(
        "e.action IN ({}) AND (e.action <> 'session.create' OR {new_browser})",
        quoted.join(", ")
    )
}

/// An event that somebody may have to hear of.
#[derive(Clone, Debug)]
pub(super) struct News {
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) topic: Topic,
    pub(super) object_kind: String,
    pub(super) object_id: String,
    pub(super) unit_name: String,
    actor_id: String,
    unit_path: String,
    result: String,
    details: Json,
    context: Context,
}

/// The columns that [`News`] is made of, with what must be looked up besides.
pub(super) const COLUMNS: &str = "SELECT e.seq, e.id, e.at, e.action, e.object_kind, e.object_id, u.name, \
    e.actor_id, u.path, e.result, e.details, ap.permission, ap.asked_account_id, d.platform \
    FROM event e JOIN org_unit u ON u.id = e.org_unit_id LEFT JOIN approval ap ON ap.id = e.object_id \
    LEFT JOIN device d ON d.id = e.object_id";

impl News {
    pub(super) fn decode(row: &Row) -> Result<Option<Self>, Error> {
        let action = row.text(3)?;
        let Some(topic) = Topic::of_action(&action) else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: row.text(1)?,
            at: row.i64(2)?,
            action,
            topic,
            object_kind: row.text(4)?,
            object_id: row.text(5)?,
            unit_name: row.text(6)?,
            actor_id: row.text(7)?,
            unit_path: row.text(8)?,
            result: row.text(9)?,
            details: serde_json::from_str(row.str(10)?).unwrap_or_default(),
            context: Context {
                permission: row.opt_text(11)?.and_then(|name| Permission::parse(&name)),
                asked_by: row.opt_text(12)?,
                platform: row.opt_text(13)?,
            },
        }))
    }

    /// Whether the account behind the actor is to hear of it: it may see what it is about, and did not do
    /// it itself.
    pub(super) fn concerns(&self, reader: &Actor) -> bool {
        let context = &self.context;
        let own = reader.account_id.as_ref().map(AccountId::as_str);
        let Some(own) = own else { return false };
        let asked = context.asked_by.as_deref() == Some(own);
        match self.topic {
            Topic::SignIn => {
                self.object_id == own
                    && self.result == "done"
                    && self.details["new_browser"] == true
            }
            Topic::Decisions => asked && self.actor_id != own,
            Topic::Approvals => {
                let both = [Some(Permission::GuardApprove), context.permission];
                let may = |p: Option<Permission>| {
                    p.is_some_and(|p| authorize(reader, p, &self.unit_path).is_ok())
                };
                !asked && self.actor_id != own && both.into_iter().all(may)
            }
            // Whoever paused a webhook knows.
            Topic::Webhooks if self.action == "webhook.pause" && self.actor_id != "system" => false,
            Topic::Lost => {
                let platform = context.platform.as_deref().unwrap_or_default();
                let path = &self.unit_path;
                self.actor_id != own
                    && authorize_device(reader, Permission::DevicesRead, path, platform).is_ok()
            }
            topic => {
                let may = |p: Permission| authorize(reader, p, &self.unit_path).is_ok();
                self.actor_id != own && self.object_id != own && topic.needs().is_some_and(may)
            }
        }
    }
}

/// What an event does not say itself.
#[derive(Clone, Debug)]
struct Context {
    /// What an approver must hold.
    permission: Option<Permission>,
    /// Who asked for what was decided.
    asked_by: Option<String>,
    /// Of the device.
    platform: Option<String>,
}
