//! Keeping who knocks.

use serde_json::json;
use tillsyn_apple::checkin::Ids;
use tillsyn_apple::ids::{EnrollmentIdApple, Udid};
use tillsyn_db::{Tx, args};
use tillsyn_pki::cert::Certificate;

use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// What a refused message shows.
pub(crate) struct Knock<'a> {
    pub(crate) sha256: &'a str,
    pub(crate) der: &'a [u8],
    pub(crate) ids: &'a Ids,
    /// Of a `TokenUpdate`.
    pub(crate) topic: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
}

/// Keeps a certificate of our device authority without an issuance record. The alarm is an event for the first
/// of them, the tenth, the hundredth and so on.
pub(crate) async fn note_in(tx: &Tx, knock: &Knock<'_>, now_ms: i64) -> Result<(), Error> {
    const AGAIN: &str = "UPDATE unknown_sender SET times = times + 1, last_at = $2, \
        topic = COALESCE($5, topic), contradicts = CASE WHEN COALESCE(udid, '') = COALESCE($3, '') \
        AND COALESCE(apple_enrollment_id, '') = COALESCE($4, '') THEN contradicts ELSE 1 END \
        WHERE sha256 = $1";
    const FIRST: &str = "INSERT INTO unknown_sender (sha256, der, udid, apple_enrollment_id, topic, \
        address, times, first_at, last_at, serial_number) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $8) \
        ON CONFLICT DO NOTHING";
    const ISSUED: &str = "SELECT id FROM certificate WHERE serial_number = $1";
    const COUNT: &str = "SELECT count(*) FROM unknown_sender";
    let udid = knock.ids.udid.as_ref().map(Udid::as_str);
    let enrollment_id = knock.ids.enrollment_id.as_ref();
    let enrollment_id = enrollment_id.map(EnrollmentIdApple::as_str);
    let again = args![knock.sha256, now_ms, udid, enrollment_id, knock.topic];
    if tx.execute(AGAIN, again).await? > 0 {
        return Ok(());
    }
    let Some(serial) = identity(knock.der) else {
        return Ok(());
    };
    // A certificate on record can be written in other bytes, which the signature does not cover: it stays known.
    let issued = tx.fetch_optional(ISSUED, args![serial.as_str()]).await?;
    if issued.is_some() {
        return Ok(());
    }
    let first = args![
        knock.sha256,
        knock.der.to_vec(),
        udid,
        enrollment_id,
        knock.topic,
        knock.address,
        now_ms,
        serial
    ];
    if tx.execute(FIRST, first).await? == 0 {
        return Ok(());
    }
    let count = tx.fetch_one(COUNT, args![]).await?.i64(0)?;
    if is_step(count) {
        let unit = tx
            .fetch_one("SELECT id FROM org_unit WHERE parent_id IS NULL", args![])
            .await?
            .text(0)?;
        let event = NewEvent::done("enrollment.unknown", "unknown_sender", knock.sha256, &unit)
            .refused()
            .with(json!({ "certificates": count }));
        let actor = Actor::device(knock.sha256, knock.address.map(str::to_owned));
        events::record(tx, &actor, now_ms, event).await?;
    }
    Ok(())
}

/// The serial number of a device's identity: the authority has signed others, too.
pub(super) fn identity(der: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(der).ok()?;
    let name = certificate.subject_cn().unwrap_or_default();
    let is_one = !certificate.is_ca() && name.starts_with("urn:tillsyn:issuance:");
    is_one.then(|| certificate.serial_hex())
}

fn is_step(mut count: i64) -> bool {
    while count >= 10 && count % 10 == 0 {
        count /= 10;
    }
    count == 1
}

/// Shows in the metrics how many there are.
pub(crate) async fn gauge(core: &Core) -> Result<(), Error> {
    const COUNT: &str = "SELECT count(*) FROM unknown_sender";
    let row = core.db().query_optional(COUNT, args![]).await?;
    let count = row.map_or(Ok(0), |row| row.i64(0))?;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 devices")]
    metrics::gauge!("tillsyn_unknown_devices").set(count as f64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_step;

    #[test]
    fn an_alarm_comes_with_the_first_and_each_power_of_ten() {
        let steps: Vec<i64> = (0..=1_000).filter(|count| is_step(*count)).collect();
        assert_eq!(steps, [1, 10, 100, 1_000]);
    }
}
