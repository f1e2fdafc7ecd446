//! Raw messages for the webhooks that asked for them: stored, sealed, in the transaction of the message itself.

use tillsyn_apple::checkin::Ids;
use tillsyn_db::{Tx, args};

use super::message::{Message, Said};
use crate::error::Error;
use crate::ids::new_uuid;
use crate::keys::KeyStore;
use crate::webhooks::{self, Format};

/// Larger messages are not handed on: a delivery is a row.
const LIMIT: usize = 4 * 1024 * 1024;

/// A copy of what came in, while somebody wants it. Nothing is copied where nobody does.
#[derive(Clone, Debug)]
pub(crate) struct RawCopy {
    body: Option<std::sync::Arc<[u8]>>,
}

impl RawCopy {
    /// `None` costs nothing: no copy now, and no statement later.
    pub(crate) fn of(wanted: bool, body: &[u8]) -> Option<Self> {
        if !wanted {
            return None;
        }
        if body.len() > LIMIT {
            tracing::warn!(
                size_bytes = body.len(),
                "a message is too large for webhooks"
            );
        }
        Some(Self {
            body: (body.len() <= LIMIT).then(|| body.into()),
        })
    }
}

/// Names of what opens a device, or says where it is, in property lists of either form.
const OPENS: [&[u8]; 6] = [
    b"UnlockToken",
    b"BypassCode",
    b"RecoveryKey",
    b"RotateResult",
    b"Latitude",
    b"Longitude",
];

/// Whether a message carries what nobody is shown of a personal device (security S63).
fn opens_device(topic: &str, raw: &[u8]) -> bool {
    let holds = |name: &[u8]| raw.windows(name.len()).any(|part| part == name);
    topic == "mdm.SetBootstrapToken" || OPENS.into_iter().any(holds)
}

/// Stores what a device said for every webhook of its unit, or of one above, that wants the topic. The certificate
/// decides which enrollment it is; one that is not proven yet is not told of, and of personal devices nothing that
/// opens them.
pub(crate) async fn tell_in(
    tx: &Tx,
    keys: &KeyStore,
    copy: &RawCopy,
    certificate: &str,
    (said, ids): (&Said, &Ids),
    now_ms: i64,
) -> Result<(), Error> {
    const WHOSE: &str = "SELECT e.id, u.path, \
        COALESCE(e.ownership = 'personal' OR m.ownership = 'personal', FALSE) \
        FROM enrollment e JOIN org_unit u ON u.id = e.org_unit_id \
        LEFT JOIN device_summary m ON m.device_id = e.device_id \
        WHERE e.trust = 'proven' AND e.id = COALESCE((SELECT enrollment_id FROM certificate \
        WHERE sha256 = $1), (SELECT id FROM enrollment WHERE pin_sha256 = $1))";
    const COUNT: &str = "SELECT token_updates FROM channel WHERE enrollment_id = $1 AND name = $2";
    let Some(raw) = &copy.body else {
        return Ok(());
    };
    let Some(whose) = tx.fetch_optional(WHOSE, args![certificate]).await? else {
        return Ok(());
    };
    let topic = said.topic();
    let hooks = webhooks::wanting_in(tx, Format::Nanomdm, whose.str(1)?, topic).await?;
    if hooks.is_empty() {
        return Ok(());
    }
    if whose.bool(2)? && opens_device(topic, raw) {
        return Ok(());
    }
    let token_updates = if topic == "mdm.TokenUpdate" {
        let values = args![whose.text(0)?, ids.channel().to_string()];
        let row = tx.fetch_optional(COUNT, values).await?;
        row.map(|row| row.i64(0)).transpose()?
    } else {
        None
    };
    let message = Message {
        said,
        ids,
        raw,
        token_updates,
        now_ms,
    };
    let event_id = new_uuid(now_ms).to_string();
    let body = message.body(&event_id);
    webhooks::queue_body_in(tx, keys, hooks, &event_id, &body, now_ms).await
}
