//! Another mail address for a person: what lay in the former box opens nothing any more, and the new box nothing
//! yet. Whoever may change addresses would otherwise come in as anybody.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::admin::end_sessions_in;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::ids::PersonId;
use crate::invitations;
use crate::mail::{self, NewMail, queue_in};
use crate::settings;

/// A former address is told within this time, or never: there may be no mail server.
const TELL_MS: i64 = 7 * DAY_MS;
/// Notices of one round.
const ROUND: i64 = 200;

/// Ends what hangs on the address that goes: sessions, links to choose a password, invitations that were mailed
/// there. From now on a forgotten password is nothing for the new box, until a password is chosen by a link that an
/// administrator sent who just proved who they are. Answers the invitations that ended.
pub(crate) async fn readdressed_in(
    tx: &Tx,
    person: &PersonId,
    former: Option<&str>,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    const CHANGED: &str = "UPDATE person SET email_changed_at = $2 WHERE id = $1";
    const OPENED: &str = "SELECT 1 FROM account a WHERE a.person_id = $1 AND (a.password_hash <> '!' \
        OR EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = a.id))";
    const DEVICE: &str =
        "SELECT 1 FROM enrollment WHERE person_id = $1 AND status = 'active' LIMIT 1";
    const TELL: &str = "INSERT INTO person_email_notice (person_id, email, created_at) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, email) DO UPDATE SET created_at = excluded.created_at";
    end_sessions_in(tx, person).await?;
    let Some(former) = former else {
        // Whoever has a device is somebody already, with an address or without.
        if tx.fetch_optional(DEVICE, args![person]).await?.is_some() {
            tx.execute(CHANGED, args![person, now_ms]).await?;
        }
        return Ok(Vec::new());
    };
    tx.execute(CHANGED, args![person, now_ms]).await?;
    if tx.fetch_optional(OPENED, args![person]).await?.is_some() {
        tx.execute(TELL, args![person, former, now_ms]).await?;
    }
    invitations::withdraw_mailed_in(tx, person, now_ms).await
}

/// The person chose a password, or got one: their address counts again.
pub(in crate::accounts) async fn settled_in(tx: &Tx, account: &str) -> Result<(), Error> {
    const SETTLED: &str = "UPDATE person SET email_changed_at = NULL WHERE email_changed_at IS NOT NULL \
        AND id = (SELECT person_id FROM account WHERE id = $1)";
    tx.execute(SETTLED, args![account]).await?;
    Ok(())
}

/// Tells former addresses that they were replaced: whoever reads them may know that it was not to be.
pub(crate) async fn tell_former(core: &Core) -> Result<(), Error> {
    const DUE: &str =
        "SELECT person_id, email FROM person_email_notice ORDER BY created_at LIMIT $1";
    const OLD: &str = "DELETE FROM person_email_notice WHERE created_at < $1";
    core.db()
        .execute(OLD, args![core.now_ms() - TELL_MS])
        .await?;
    let due = core.db().query_all(DUE, args![ROUND]).await?;
    if due.is_empty() || !mail::has_server(core).await? {
        return Ok(());
    }
    let organisation = settings::organisation(core).await?;
    for row in due {
        let input = (
            (row.text(0)?, row.text(1)?),
            core.keys().clone(),
            organisation.clone(),
            core.now_ms(),
        );
        core.db()
            .write(input, |tx, ((person, email), keys, organisation, now)| {
                Box::pin(async move {
                    const TAKE: &str =
                        "DELETE FROM person_email_notice WHERE person_id = $1 AND email = $2";
                    const HELD: &str = "SELECT 1 FROM person WHERE email = $1";
                    const WHO: &str = "SELECT name, language FROM person WHERE id = $1";
                    let taken = tx.execute(TAKE, args![person.as_str(), email.as_str()]);
                    if taken.await? == 0 {
                        return Ok(());
                    }
                    // Somebody else has it by now: they are told nothing of whoever had it.
                    if tx
                        .fetch_optional(HELD, args![email.as_str()])
                        .await?
                        .is_some()
                    {
                        return Ok(());
                    }
                    let who = tx.fetch_one(WHO, args![person.as_str()]).await?;
                    let language = who.opt_text(1)?;
                    let letter = NewMail {
                        dedup_key: None,
                        account_id: None,
                        recipient: email,
                        template: "portal_address",
                        language: Some(language.as_deref().unwrap_or(&organisation.language)),
                        arguments: &json!({
                            "person": who.text(0)?, "organisation": organisation.name,
                            "support": organisation.support,
                        }),
                        urgent: true,
                    };
                    queue_in(tx, keys, &letter, *now).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    Ok(())
}
