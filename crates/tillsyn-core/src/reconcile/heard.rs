//! What devices say changes what is known, in the transaction that records it.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::ask::ask_list_in;
use super::request::request_in;
use super::rows::{self, ItemRow};
use crate::commands::{Request, store};
use crate::credentials;
use crate::desired::{
    Failure, Knowledge, Listed, Reason, State, Version, losses_after, wait_after_loss_ms, wait_ms,
};
use crate::error::Error;
use crate::keys::KeyStore;
use crate::profiles::variables;

/// How a command on a profile ended.
pub(crate) enum End<'a> {
    Done,
    /// The device's errors as JSON, and whether the same may go better later.
    Refused {
        chain: Option<&'a str>,
        failure: Failure,
    },
}

/// A channel that spoke.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) channel_id: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) now_ms: i64,
}

/// The device's word on a command that installs or removes a profile.
pub(crate) async fn on_result_in(
    tx: &Tx,
    keys: &KeyStore,
    heard: Heard<'_>,
    command_id: &str,
    request: &Request,
    end: End<'_>,
) -> Result<(), Error> {
    let removes = request.request_type() == "RemoveProfile";
    if !removes && request.request_type() != "InstallProfile" {
        return Ok(());
    }
    let done = matches!(end, End::Done);
    if let Some(row) = rows::of_command_in(tx, command_id).await? {
        take(tx, row, command_id, removes, end, heard.now_ms).await?;
    } else if !done || !is_ours(tx, heard.channel_id, request).await? {
        return Ok(());
    }
    // Proved in the same session.
    if done && !removes {
        let channel = vec![heard.channel_id.to_owned()];
        ask_list_in(tx, keys, channel, heard.now_ms).await?;
    }
    Ok(())
}

/// The device took nothing yet: what was not there before is not there, and nothing of that name is ours to
/// remove.
pub(crate) async fn on_not_now_in(tx: &Tx, command_id: &str, now_ms: i64) -> Result<(), Error> {
    let Some(mut row) = rows::of_command_in(tx, command_id).await? else {
        return Ok(());
    };
    let mut knowledge = row.knowledge();
    if let Some(version) = row.installs.clone()
        && knowledge.sent
    {
        not_taken_in(tx, &mut knowledge, command_id, version).await?;
        row.know(knowledge);
        rows::save_in(tx, vec![row], now_ms).await?;
    }
    Ok(())
}

/// The device says that it did not take this version. It may have taken it before, when the same command was
/// handed out to it and its answer was lost.
async fn not_taken_in(
    tx: &Tx,
    knowledge: &mut Knowledge,
    command_id: &str,
    version: Version,
) -> Result<(), Error> {
    if store::unanswered_in(tx, command_id).await? > 1 {
        knowledge.ended(version, true);
    } else {
        knowledge.refuse();
    }
    Ok(())
}

/// An install that cannot be made for its device: these variables have no value. It waits for somebody to give
/// them. They may have come back by now, which makes no other hash: the next look tells. What nobody can give,
/// a secret made at delivery, waits for another version.
pub(crate) async fn on_missing_in(
    tx: &Tx,
    command_id: &str,
    missing: &[String],
    now_ms: i64,
) -> Result<(), Error> {
    const HANDED_OUT: &str =
        "SELECT 1 FROM command_transition WHERE command_id = $1 AND status = 'sent' LIMIT 1";
    let Some(mut row) = rows::of_command_in(tx, command_id).await? else {
        return Ok(());
    };
    if let Some(version) = row.installs.take() {
        let handed_out = tx.fetch_optional(HANDED_OUT, args![command_id]).await?;
        let mut knowledge = row.knowledge();
        knowledge.ended(version, handed_out.is_some());
        row.know(knowledge);
    }
    row.idle();
    row.state = State::Refused;
    let detail = json!({ "variables": missing }).to_string();
    row.reason = Some(Reason::new("variable_missing", Some(detail)));
    let given = missing.iter().any(|name| variables::is_identity(name));
    row.next_attempt_at = given.then_some(now_ms);
    row.failures += i64::from(!given);
    let device = row.device_id.clone();
    rows::save_in(tx, vec![row], now_ms).await?;
    request_in(tx, vec![device], now_ms).await
}

/// Whether somebody put a profile by hand where one of ours is known.
async fn is_ours(tx: &Tx, channel_id: &str, request: &Request) -> Result<bool, Error> {
    const FIND: &str = "SELECT 1 FROM item_state WHERE channel_id = $1 AND kind = 'profile' \
        AND item = $2";
    let Some(item) = request.profile_identifier() else {
        return Ok(false);
    };
    let found = tx.fetch_optional(FIND, args![channel_id, item]).await?;
    Ok(found.is_some())
}

async fn take(
    tx: &Tx,
    mut row: ItemRow,
    command_id: &str,
    removes: bool,
    end: End<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    let installed = row.installs.take();
    row.idle();
    let mut knowledge = row.knowledge();
    let mut look = true;
    match (end, installed) {
        (End::Done, _) if removes => {
            if row.desired_hash.is_none() {
                let channel = vec![row.channel_id];
                return rows::forget_in(tx, &row.item, channel, now_ms).await;
            }
            knowledge.remove();
            row.know(knowledge);
            row.state = State::ToInstall;
        }
        (End::Done, Some(version)) => {
            let is_wanted = row.desired_hash.as_deref() == Some(version.hash.as_str());
            let (channel, profile) = (&row.channel_id, &row.item_id);
            credentials::installed_in(tx, channel, profile, version.number, now_ms).await?;
            knowledge.deliver(version);
            row.know(knowledge);
            row.delivered_at = Some(now_ms);
            row.confirmed_at = None;
            row.proof = None;
            row.failures = 0;
            row.next_attempt_at = None;
            if is_wanted {
                row.state = State::Unverified;
                row.reason = None;
                look = false;
            }
        }
        (End::Done, None) => {}
        (End::Refused { chain, failure }, installed) => {
            if !removes {
                match &installed {
                    Some(version) => {
                        let version = version.clone();
                        not_taken_in(tx, &mut knowledge, command_id, version).await?;
                    }
                    None => knowledge.refuse(),
                }
                // While it may have one that it never answered, nobody knows which certificate it uses.
                if knowledge.unanswered.is_empty() {
                    let still = knowledge.delivered.as_ref().map(|version| version.number);
                    let (channel, profile) = (&row.channel_id, &row.item_id);
                    credentials::refused_in(tx, channel, profile, still, now_ms).await?;
                }
                row.know(knowledge);
            }
            // A refusal of what is no longer wanted says nothing of what is.
            if row.desired_hash == installed.map(|version| version.hash) {
                row.failures += 1;
                row.state = State::Refused;
                let chain = chain.and_then(|text| serde_json::from_str(text).ok());
                let detail = chain.map(|chain: serde_json::Value| json!({ "error_chain": chain }));
                let detail = detail.map(|detail| detail.to_string());
                row.reason = Some(Reason::new("refused_by_device", detail));
                row.next_attempt_at =
                    wait_ms(failure, row.failures).map(|wait| now_ms.saturating_add(wait));
                look = false;
            }
        }
    }
    let device = row.device_id.clone();
    rows::save_in(tx, vec![row], now_ms).await?;
    if look {
        request_in(tx, vec![device], now_ms).await?;
    }
    Ok(())
}

/// The device's whole list of a channel: identifiers with their `PayloadUUID`s. What it lost or changed by
/// itself is looked at.
pub(crate) async fn on_list_in(
    tx: &Tx,
    heard: Heard<'_>,
    listed: &[(&str, &str)],
) -> Result<(), Error> {
    let mut changed = Vec::new();
    let mut pointless = Vec::new();
    let mut look = false;
    for before in rows::of_channel_in(tx, heard.channel_id).await? {
        let mut row = before.clone();
        let uuid = listed.iter().find(|(item, _)| *item == row.item);
        look |= prove(&mut row, uuid.map(|(_, uuid)| *uuid), heard.now_ms);
        if let Some(version) = &row.delivered
            && row.delivered != before.delivered
        {
            let (channel, profile, number) = (&row.channel_id, &row.item_id, version.number);
            credentials::proved_in(tx, channel, profile, number, heard.now_ms).await?;
        }
        // What stands there now is not ours: a removal that waits would take it in this very session.
        if row.installs.is_none() && !row.knowledge().may_be_there() {
            pointless.extend(row.command_id.clone());
        }
        if row != before {
            changed.push(row);
        }
    }
    store::supersede_in(tx, pointless, "not_wanted", heard.now_ms).await?;
    rows::save_in(tx, changed, heard.now_ms).await?;
    if look {
        request_in(tx, vec![heard.device_id.to_owned()], heard.now_ms).await?;
    }
    Ok(())
}

/// What a list says of one item; whether it is to be looked at.
fn prove(row: &mut ItemRow, uuid: Option<&str>, now_ms: i64) -> bool {
    let mut knowledge = row.knowledge();
    let desired = row.desired_version.zip(row.desired_hash.clone());
    let desired = desired.map(|(number, hash)| crate::desired::Version { number, hash });
    let known: Vec<_> = desired.iter().chain(row.installs.iter()).collect();
    let was_there = knowledge.is_there();
    let listed = knowledge.list(uuid, &known);
    let kept_ms = row.confirmed_at.zip(row.delivered_at);
    let kept_ms = kept_ms.map_or(0, |(last, first)| last.saturating_sub(first));
    row.know(knowledge);
    match listed {
        Listed::Proved => {
            row.confirmed_at = Some(now_ms);
            row.proof = Some("profile_list".to_owned());
            row.delivered_at = row.delivered_at.or(Some(now_ms));
            let as_desired = row.confirmed_hash == row.desired_hash;
            if as_desired && row.command_id.is_none() {
                row.state = State::AsDesired;
                row.reason = None;
                row.failures = 0;
                row.next_attempt_at = None;
                return false;
            }
            // It was only asked for, and nothing failed: what is to be done is done now.
            if !was_there && row.failures == 0 {
                row.next_attempt_at = None;
            }
            as_desired || !was_there
        }
        Listed::Lost => {
            row.confirmed_at = None;
            row.proof = None;
            if row.desired_hash.is_some() {
                metrics::counter!("tillsyn_reconcile_drifts_total").increment(1);
                row.drifts += 1;
                row.drifted_at = Some(now_ms);
                row.losses = losses_after(row.losses, kept_ms);
                row.state = State::ToInstall;
                row.reason = None;
                row.failures = 0;
                let wait = wait_after_loss_ms(row.losses);
                row.next_attempt_at = (wait > 0).then(|| now_ms.saturating_add(wait));
            }
            true
        }
        Listed::Absent => {
            row.confirmed_at = None;
            row.proof = None;
            row.desired_hash.is_none()
        }
    }
}
