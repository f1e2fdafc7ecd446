//! People who bring a device in by themselves, signed in and without an invitation.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::own_policy::{Ownership, setting_in};
use crate::actor::Actor;
use crate::clock::{DAY_MS, HOUR_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{InvitationId, PersonId};
use crate::people;

/// Links that one person may make for themselves in a day.
const LINKS_A_DAY: i64 = 20;
const LINK_MS: i64 = HOUR_MS;

/// An invitation that a person made for themselves; its code is known only now.
pub struct OwnInvitation {
    pub id: InvitationId,
    pub code: Zeroizing<String>,
}

fn limit_reached(limit: i64) -> Error {
    Error::conflict(
        "device_limit",
        format!("This person has {limit} managed devices already, as many as they may bring in."),
    )
    .with_data(json!({ "limit": limit }))
}

/// Devices of a person that are managed now, without the one of a UDID.
async fn managed_in(tx: &Tx, person: &str, without: &str) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM enrollment WHERE person_id = $1 AND status = 'active' \
        AND COALESCE(udid, '') <> $2";
    Ok(tx.fetch_one(COUNT, args![person, without]).await?.i64(0)?)
}

/// Whether the attempt of a person who invited themselves may still end in one more device. Asked again when the
/// device comes: several attempts may have been begun at once.
pub(crate) async fn may_take_another_in(
    tx: &Tx,
    attempt: &str,
    enrollment: &str,
) -> Result<bool, Error> {
    const UDID: &str = "SELECT udid FROM enrollment WHERE id = $1";
    const FIND: &str = "SELECT i.self_made, i.person_id, u.path, i.for_device_id FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id LEFT JOIN person p ON p.id = i.person_id \
        LEFT JOIN org_unit u ON u.id = p.org_unit_id WHERE t.id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![attempt]).await? else {
        return Ok(true);
    };
    let person = row.opt_text(1)?;
    let (true, Some(person)) = (row.i64(0)? != 0, person) else {
        return Ok(true);
    };
    if row.opt_text(3)?.is_some() {
        // Bound to a device that they have.
        return Ok(true);
    }
    let path = row.opt_text(2)?.unwrap_or_default();
    let setting = setting_in(tx, &path).await?;
    // One that enrolls again is no other device. An absent UDID is nobody's.
    let udid = tx.fetch_one(UDID, args![enrollment]).await?.opt_text(0)?;
    let others = managed_in(tx, &person, udid.as_deref().unwrap_or("-")).await?;
    Ok(others < setting.limit)
}

struct Wanted {
    actor: Actor,
    person: PersonId,
    id: InvitationId,
    code_hash: String,
    now_ms: i64,
}

/// What a link that a person makes is good for.
pub(super) struct Link<'a> {
    pub(super) unit: &'a str,
    pub(super) ownership: &'a str,
    /// The one device that comes in by it; any where there is none.
    pub(super) device: Option<&'a str>,
}

/// Makes a link for the person who is signed in. A former one of theirs that nobody used stops working.
///
/// # Errors
/// Forbidden where people may not; conflict `device_limit` when they have as many as they may; too many links in a
/// day.
pub async fn invite_oneself(
    core: &Core,
    actor: &Actor,
    person: &PersonId,
) -> Result<OwnInvitation, Error> {
    let (minted, code) = mint(core);
    let wanted = Wanted {
        actor: actor.clone(),
        person: person.clone(),
        id: minted.0.clone(),
        code_hash: minted.1,
        now_ms: core.now_ms(),
    };
    core.db()
        .write(wanted, |tx, wanted| {
            Box::pin(async move { wanted.run(tx).await })
        })
        .await?;
    Ok(OwnInvitation { id: minted.0, code })
}

/// Id and hash of a new link, and the code that only its person gets.
pub(super) fn mint(core: &Core) -> ((InvitationId, String), Zeroizing<String>) {
    let code = Zeroizing::new(hash::random_code(crate::invitations::CODE_ALPHABET, 26));
    let id = InvitationId::new(core.now_ms());
    ((id, hash::sha256_hex(code.as_bytes())), code)
}

impl Wanted {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const UNIT: &str = "SELECT p.org_unit_id, u.path FROM person p \
            JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
        let row = tx
            .fetch_optional(UNIT, args![&self.person])
            .await?
            .ok_or_else(|| Error::not_found("person"))?;
        let setting = setting_in(tx, row.str(1)?).await?;
        if setting.ownership == Ownership::Off {
            return Err(Error::forbidden(
                "own_devices_off",
                "Devices are brought in by invitation only.",
            ));
        }
        let unit = row.text(0)?;
        if managed_in(tx, self.person.as_str(), "-").await? >= setting.limit {
            return Err(limit_reached(setting.limit));
        }
        let link = Link {
            unit: &unit,
            ownership: setting.ownership.as_str(),
            device: None,
        };
        let minted = (&self.id, self.code_hash.as_str());
        make_in(tx, &self.actor, &self.person, minted, &link, self.now_ms).await
    }
}

/// Keeps a link that a person made, in the place of the one before.
pub(super) async fn make_in(
    tx: &Tx,
    actor: &Actor,
    person: &PersonId,
    (id, code_hash): (&InvitationId, &str),
    link: &Link<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    const PERSON: &str = "SELECT name, status, language FROM person WHERE id = $1";
    const LATELY: &str = "SELECT count(*) FROM invitation WHERE person_id = $1 AND self_made = 1 \
        AND created_at > $2";
    const FORMER: &str = "UPDATE invitation SET status = 'revoked', revoked_at = $2 \
        WHERE person_id = $1 AND self_made = 1 AND status = 'open' AND uses = 0 \
        AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.invitation_id = invitation.id \
        AND t.status IN ('certificate_issued', 'authenticated'))";
    const INSERT: &str = "INSERT INTO invitation (id, org_unit_id, person_id, label, code_hash, \
        ownership, enrollment_type, language, uses_allowed, may_replace, status, created_by, \
        created_at, expires_at, self_made, for_device_id) \
        VALUES ($1, $2, $3, $4, $5, $6, 'profile', $7, 1, 0, 'open', $8, $9, $10, 1, $11)";
    let row = tx
        .fetch_optional(PERSON, args![person])
        .await?
        .ok_or_else(|| Error::not_found("person"))?;
    people::refuse_inactive(&row.text(1)?)?;
    let lately = tx.fetch_one(LATELY, args![person, now_ms - DAY_MS]).await?;
    if lately.i64(0)? >= LINKS_A_DAY {
        return Err(Error::new(
            Kind::TooMany {
                retry_after_secs: HOUR_MS / 1_000,
            },
            "too_many_links",
            "Too many devices were begun today. Go on with one of them, or wait.",
        ));
    }
    tx.execute(FORMER, args![person, now_ms]).await?;
    let values = args![
        id,
        link.unit,
        person,
        row.text(0)?,
        code_hash,
        link.ownership,
        row.opt_text(2)?,
        actor.id.as_str(),
        now_ms,
        now_ms + LINK_MS,
        link.device
    ];
    tx.execute(INSERT, values).await?;
    let event =
        NewEvent::done("invitation.create", "invitation", id.as_str(), link.unit).with(json!({
            "person_id": person, "ownership": link.ownership, "self_made": true,
            "device_id": link.device, "uses_allowed": 1, "expires_at": now_ms + LINK_MS,
        }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
