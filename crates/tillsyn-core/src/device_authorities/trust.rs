//! The authorities that count now. Read again every few seconds, so that a removal reaches all nodes within
//! five (security S40).

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;

use crate::core::Core;
use crate::error::Error;

const AGE: Duration = Duration::from_secs(2);

/// An authority of somebody else.
#[derive(Debug)]
pub struct TrustedAuthority {
    pub id: String,
    pub org_unit_id: String,
    pub unit_path: String,
    /// Whether one of its certificates may itself enroll a device.
    pub may_enroll: bool,
    pub ownership: String,
    pub(crate) certificate: Certificate,
}

impl PartialEq for TrustedAuthority {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for TrustedAuthority {}

type All = Arc<Vec<Arc<TrustedAuthority>>>;

/// What one node knows of them.
#[derive(Default)]
pub(crate) struct TrustStore(RwLock<Option<(Instant, All)>>);

impl TrustStore {
    fn fresh(&self) -> Option<All> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known
            .as_ref()
            .filter(|(read, _)| read.elapsed() < AGE)
            .map(|(_, all)| all.clone())
    }

    fn keep(&self, all: All) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some((Instant::now(), all));
    }

    /// This node changed them itself.
    pub(crate) fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// All that are trusted now.
///
/// # Errors
/// Only when the store fails.
pub(crate) async fn trusted(core: &Core) -> Result<All, Error> {
    const LIST: &str = "SELECT a.id, a.org_unit_id, u.path, a.certificate, a.may_enroll, a.ownership \
        FROM device_authority a JOIN org_unit u ON u.id = a.org_unit_id \
        WHERE a.removed_at IS NULL AND a.not_after > $1 ORDER BY a.created_at LIMIT 100";
    if let Some(all) = core.trust().fresh() {
        return Ok(all);
    }
    let mut all = Vec::new();
    for row in core.db().query_all(LIST, args![core.now_ms()]).await? {
        all.push(Arc::new(TrustedAuthority {
            id: row.text(0)?,
            org_unit_id: row.text(1)?,
            unit_path: row.text(2)?,
            certificate: Certificate::from_der(&row.blob(3)?)?,
            may_enroll: row.i64(4)? != 0,
            ownership: row.text(5)?,
        }));
    }
    let all = Arc::new(all);
    core.trust().keep(all.clone());
    Ok(all)
}
