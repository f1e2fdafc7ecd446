//! Who works on a database: each server says so every ten seconds, and is told there when it must stop.

use tillsyn_db::{Db, args};
use tillsyn_pki::hash;

use super::state::refuse_unfinished;
use crate::clock::{HOUR_MS, SECOND_MS};
use crate::core::Core;
use crate::error::Error;

/// Rows of `worker_lease` that are servers and not work.
const PREFIX: &str = "serving/";
/// Whoever said nothing for so long is gone.
const LEASE_MS: i64 = 30 * SECOND_MS;

/// One running server.
pub struct Serving {
    core: Core,
    name: String,
}

impl Serving {
    pub fn new(core: &Core) -> Self {
        let name = format!("{PREFIX}{}/{}", core.config().node, hash::random_token(9));
        let core = core.clone();
        Self { core, name }
    }

    /// Says that this server works here.
    ///
    /// # Errors
    /// A conflict when the database was moved away or is being moved: this server must stop.
    pub async fn beat(&self) -> Result<(), Error> {
        const BEAT: &str = "INSERT INTO worker_lease (name, holder, lease_until) VALUES ($1, $2, $3) \
            ON CONFLICT (name) DO UPDATE SET lease_until = $3";
        const FORGET: &str =
            "DELETE FROM worker_lease WHERE name >= $1 AND name < $2 AND lease_until < $3";
        let (now, node) = (self.core.now_ms(), self.core.config().node.as_str());
        let values = args![self.name.as_str(), node, now + LEASE_MS];
        let said = self.core.db().execute(BEAT, values).await;
        // Said first, asked then: a move marks first and looks for servers then, so one of the two sees the
        // other. Behind its fence nothing can be said any more, and the mark tells why.
        refuse_unfinished(self.core.db()).await?;
        said?;
        let old = args![PREFIX, range_end(), now - HOUR_MS];
        self.core.db().execute(FORGET, old).await?;
        Ok(())
    }

    /// Says that it stopped.
    pub async fn leave(&self) -> Result<(), Error> {
        const LEAVE: &str = "DELETE FROM worker_lease WHERE name = $1";
        let values = args![self.name.as_str()];
        self.core.db().execute(LEAVE, values).await?;
        Ok(())
    }
}

fn range_end() -> String {
    format!("{PREFIX}~")
}

/// The nodes that work on a database, or did until half a minute ago.
pub async fn running(db: &Db, now_ms: i64) -> Result<Vec<String>, Error> {
    const LIST: &str = "SELECT DISTINCT holder FROM worker_lease WHERE name >= $1 AND name < $2 \
        AND lease_until > $3 ORDER BY holder";
    let rows = db
        .query_all(LIST, args![PREFIX, range_end(), now_ms])
        .await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}
