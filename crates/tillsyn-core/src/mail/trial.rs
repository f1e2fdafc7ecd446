//! A test, to whoever asks for it.

use serde_json::json;
use tillsyn_db::args;

use super::queue::{NewMail, queue_in};
use super::server::{forget_failures_in, has_server};
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::{org, settings};

/// Queues a test to the asker's own address; the list of messages shows what becomes of it. Returns the
/// message's id.
pub async fn send_test(core: &Core, actor: &Actor) -> Result<String, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    if !has_server(core).await? {
        return Err(Error::conflict(
            "mail_not_set",
            "There is no mail server yet; name one first.",
        ));
    }
    let organisation = settings::organisation(core).await?;
    let keys = core.keys().clone();
    let unit = root.id.to_string();
    let input = (actor.clone(), keys, organisation, unit, core.now_ms());
    core.db()
        .write(input, |tx, (actor, keys, organisation, unit, now)| {
            Box::pin(async move {
                const WHO: &str = "SELECT email, language FROM account WHERE id = $1 \
                    AND status = 'active' AND kind = 'person'";
                let account = actor.account_id.as_ref().map(AccountId::as_str);
                let found = tx
                    .fetch_optional(WHO, args![account.unwrap_or_default()])
                    .await?;
                let Some(row) = found else {
                    return Err(Error::conflict(
                        "mail_no_address",
                        "The test goes to the asker's own address, and only people have one.",
                    ));
                };
                let (recipient, language) = (row.text(0)?, row.opt_text(1)?);
                let language = language.unwrap_or_else(|| organisation.language.clone());
                let mail = NewMail {
                    dedup_key: None,
                    account_id: account,
                    recipient: &recipient,
                    template: "test",
                    language: Some(&language),
                    arguments: &json!({ "organisation": organisation.name }),
                    urgent: true,
                };
                let id = queue_in(tx, keys, &mail, *now).await?;
                // Whoever asks wants to know now.
                forget_failures_in(tx).await?;
                let event = NewEvent::done("mail.test", "mail", &id, unit);
                events::record(tx, actor, *now, event).await?;
                Ok(id)
            })
        })
        .await
}
