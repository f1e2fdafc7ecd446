//! The inventory tab: what the device listed, when it was asked, and how its facts changed.

use tillsyn_core::clock::DAY_MS;
use tillsyn_core::inventory::{self, FactChange};

use super::build::Build;
use super::page::FactValue;
use crate::console::failure::Failure;
use crate::console::frame::Pager;
use crate::console::lists::{self, Place as At};
use crate::console::words;
use crate::i18n::{Texts, When};
use crate::ui::{Status, status, urls};

/// The lists of the tab.
#[derive(Clone, Debug, Default)]
pub struct InventoryTab {
    pub questions: Vec<QuestionRow>,
    pub apps: Vec<AppRow>,
    pub certificates: Vec<InstalledCertificateRow>,
    pub users: Vec<UserRow>,
    pub updates: Vec<UpdateRow>,
}

/// One question of the schedule.
#[derive(Clone, Debug)]
pub struct QuestionRow {
    pub label: String,
    /// `None`: never answered, or the device cannot answer it.
    pub answered: Option<When>,
    pub due: When,
    /// How many entries were above the limit; empty for none.
    pub left_out: String,
}

#[derive(Clone, Debug)]
pub struct AppRow {
    pub name: String,
    pub identifier: String,
    pub version: String,
    pub size: String,
    /// Update waiting, installing; empty for none.
    pub note: String,
}

#[derive(Clone, Debug)]
pub struct InstalledCertificateRow {
    pub name: String,
    pub issuer: String,
    pub expires: String,
    pub status: Option<Status>,
    pub identity: bool,
}

#[derive(Clone, Debug)]
pub struct UserRow {
    pub name: String,
    pub account: String,
    pub signed_in: String,
    pub space: String,
}

#[derive(Clone, Debug)]
pub struct UpdateRow {
    pub name: String,
    pub version: String,
    pub size: String,
    pub note: String,
}

/// A fact that became another.
pub struct ChangeRow {
    pub label: String,
    pub before: FactValue,
    pub after: FactValue,
    pub source: String,
    pub when: When,
}

pub(super) async fn tab(build: &Build<'_>) -> Result<InventoryTab, Failure> {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = inventory::device_inventory(core, actor, &build.device.row.id).await?;
    let zone = &visitor.zone;
    let size = |value: Option<i64>| value.map_or_else(String::new, |v| words::bytes_short(l, v));
    Ok(InventoryTab {
        questions: found
            .items
            .iter()
            .map(|item| QuestionRow {
                label: question(l, &item.kind),
                answered: item.answered_at.map(|at| l.ago(at, zone)),
                due: l.moment(item.due_at, zone),
                left_out: match item.left_out.and_then(|n| u64::try_from(n).ok()) {
                    Some(n) if n > 0 => l.tn("inventory-left-out", n),
                    _ => String::new(),
                },
            })
            .collect(),
        apps: found
            .apps
            .into_iter()
            .map(|app| AppRow {
                name: app.name.unwrap_or_else(|| app.identifier.clone()),
                version: app.short_version.unwrap_or(app.version),
                size: size(app.bundle_bytes),
                note: match (app.installing, app.update_available) {
                    (Some(true), _) => l.t("inventory-app-installing"),
                    (_, Some(true)) => l.t("inventory-app-update"),
                    _ => String::new(),
                },
                identifier: app.identifier,
            })
            .collect(),
        certificates: found
            .certificates
            .into_iter()
            .map(|certificate| InstalledCertificateRow {
                expires: certificate
                    .not_after
                    .map_or_else(String::new, |at| l.date(at, zone)),
                status: certificate
                    .not_after
                    .map(|at| certificate_status(l, at - zone.now_ms)),
                identity: certificate.is_identity == Some(true),
                issuer: certificate.issuer.unwrap_or_default(),
                name: certificate.common_name,
            })
            .collect(),
        users: found
            .users
            .into_iter()
            .map(|user| UserRow {
                name: user.full_name.unwrap_or_else(|| user.user_name.clone()),
                account: user.user_name,
                signed_in: user
                    .signed_in
                    .map_or_else(String::new, |value| words::yes_no(l, value)),
                space: size(user.used_bytes),
            })
            .collect(),
        updates: found
            .updates
            .into_iter()
            .map(|update| UpdateRow {
                name: update.name.unwrap_or(update.product_key),
                version: update.version.unwrap_or_default(),
                size: size(update.download_bytes),
                note: match (update.critical, update.restart_required) {
                    (Some(true), _) => l.t("inventory-update-critical"),
                    (_, Some(true)) => l.t("inventory-update-restart"),
                    _ => String::new(),
                },
            })
            .collect(),
    })
}

/// The words of a question's kind.
pub fn question(l: Texts, kind: &str) -> String {
    match kind {
        "device" => l.t("inventory-kind-device"),
        "security" => l.t("inventory-kind-security"),
        "profiles" => l.t("inventory-kind-profiles"),
        "certificates" => l.t("inventory-kind-certificates"),
        "apps" => l.t("inventory-kind-apps"),
        "users" => l.t("inventory-kind-users"),
        "updates" => l.t("inventory-kind-updates"),
        _ => l.t("inventory-kind-activation-lock"),
    }
}

/// Thirty days are the warning that the ladder gives for other certificates as well.
pub fn certificate_status(l: Texts, left_ms: i64) -> Status {
    let value = match left_ms {
        ..=0 => "expired",
        left if left < 30 * DAY_MS => "expiring",
        _ => "valid",
    };
    status(l, "certificate", value)
}

/// The changes of the device's facts, newest first.
pub(super) async fn changes(build: &Build<'_>) -> Result<(Vec<ChangeRow>, Pager), Failure> {
    let (visitor, id) = (build.visitor, &build.device.row.id);
    let (core, actor) = (visitor.core(), visitor.actor());
    let after = At::of(&visitor.query);
    let found = inventory::fact_changes(core, actor, id, after.after(), None).await?;
    let rows: Vec<ChangeRow> = found.items.iter().map(|c| change(build, c)).collect();
    let path = urls::device_facts(id.as_str());
    let pager = lists::pager(visitor, &path, rows.len(), found.next.as_deref());
    Ok((rows, pager))
}

fn change(build: &Build<'_>, change: &FactChange) -> ChangeRow {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let value = |value| super::parts::value_of(build, &change.name, value);
    ChangeRow {
        label: words::fact_label(l, &change.name),
        before: value(&change.old_value),
        after: value(&change.new_value),
        source: change.source.clone(),
        when: l.ago(change.at, &visitor.zone),
    }
}
