//! One act on several devices, above the list that is narrowed to it: how far it is, and the way to stop the rest.

use tillsyn_core::Permission;
use tillsyn_core::commands::{BatchProgress, CommandStatus, batch_progress};

use super::list::batch;
use super::page::{Job, command_title};
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::{Texts, Zone};
use crate::ui::{status, urls};

/// Nothing where the address is about no act, or about one that the reader sees nothing of.
pub(super) async fn of(visitor: &Visitor) -> Result<Option<Job>, Failure> {
    let Some(id) = batch(&visitor.query)? else {
        return Ok(None);
    };
    let found = batch_progress(visitor.core(), visitor.actor(), &id).await?;
    let may = visitor.may(Permission::CommandsCancel);
    Ok(found.map(|found| {
        let mut job = card((visitor.texts, &visitor.zone), may, id.as_str(), &found);
        if visitor
            .query
            .get("status")
            .is_some_and(|asked| !asked.is_empty())
        {
            job.whole = urls::commands_of(id.as_str());
        }
        job
    }))
}

pub(crate) fn card(
    (l, zone): (Texts, &Zone),
    may_withdraw: bool,
    id: &str,
    found: &BatchProgress,
) -> Job {
    let about = urls::Query::default().with("batch", id);
    let count = |(of, commands): &(CommandStatus, i64)| {
        let list = about.clone().with("status", of.as_str());
        let status = status(l, "command", of.as_str());
        (status, l.number(*commands), list.url(urls::COMMANDS))
    };
    let (all, ended) = (found.all(), found.ended());
    Job {
        title: if found.act.as_deref() == Some("retire") {
            words::act(l, "Retire")
        } else {
            command_title(l, &found.request_type, "")
        },
        by: words::asked_by(l, &found.actor_kind, found.actor_name.as_deref()),
        reason: found
            .reason
            .as_deref()
            .map_or_else(String::new, |reason| words::reason(l, reason)),
        since: l.ago(found.created_at, zone),
        words: l.t_args(
            "job-words",
            &[
                ("done", ended.into()),
                ("all", all.into()),
                ("failed", found.failed().into()),
            ],
        ),
        ended,
        all,
        speed: if ended < all && found.just_ended > 0 {
            l.tn("job-speed", found.just_ended)
        } else {
            String::new()
        },
        counts: found.by_status.iter().map(count).collect(),
        whole: String::new(),
        withdraw: if may_withdraw && found.can_be_withdrawn() > 0 {
            about.url(urls::COMMANDS_WITHDRAW)
        } else {
            String::new()
        },
    }
}
