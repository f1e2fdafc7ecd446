//! Which master keys the nodes that run hold: a key may seal only once everybody can open.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Db, Row, args};
use tillsyn_pki::seal::MasterKey;

use super::FINGERPRINT;
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;

const PREFIX: &str = "node_keys/";
/// A node that has not said anything for so long does not run. It speaks every minute.
const RUNS_MS: i64 = 3 * MINUTE_MS;

/// What a node says of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeKeys {
    /// Its name.
    pub node: String,
    /// Fingerprints of all keys that it opens with.
    pub held: Vec<String>,
    /// Fingerprint of the one that it seals with.
    pub current: String,
}

#[derive(Serialize, Deserialize)]
struct Said {
    held: Vec<String>,
    current: String,
}

/// Seals from now on with the key that the database goes by, and says which keys this node holds; every minute.
pub(crate) async fn report(core: &Core) -> Result<(), Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    const SAY: &str = "INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    const FORGET: &str =
        "DELETE FROM setting WHERE name LIKE 'node\\_keys/%' ESCAPE '\\' AND updated_at < $1";
    let now = core.now_ms();
    if let Some(row) = core.db().query_optional(FIND, args![FINGERPRINT]).await? {
        let wanted: String = serde_json::from_str(&row.text(0)?).unwrap_or_default();
        if !core.keys().follow(&wanted) {
            tracing::error!(
                "this database goes by a master key that this node does not hold: what other nodes seal cannot be \
                 read here. Put the whole key file in place and start this node again"
            );
        }
    }
    let said = Said {
        held: core
            .keys()
            .0
            .ring
            .keys()
            .map(MasterKey::fingerprint)
            .collect(),
        current: core.keys().current().fingerprint(),
    };
    let text = serde_json::to_string(&said)
        .map_err(|error| Error::internal("A setting cannot be written.").caused_by(error))?;
    let name = format!("{PREFIX}{}", core.config().node);
    core.db()
        .write((name, text, now), |tx, (name, text, now)| {
            Box::pin(async move {
                tx.execute(SAY, args![name.as_str(), text.as_str(), *now])
                    .await?;
                tx.execute(FORGET, args![*now - DAY_MS]).await?;
                Ok(())
            })
        })
        .await
}

/// The nodes that run, or stopped within the last three minutes, with their keys.
pub async fn nodes(core: &Core) -> Result<Vec<NodeKeys>, Error> {
    nodes_of(core.db(), core.now_ms()).await
}

/// Names of the nodes that run and seal with another key than this database goes by.
pub async fn behind(core: &Core) -> Result<Vec<String>, Error> {
    let current = core.keys().current().fingerprint();
    let nodes = nodes(core).await?.into_iter();
    Ok(nodes
        .filter(|node| node.current != current)
        .map(|node| node.node)
        .collect())
}

async fn nodes_of(db: &Db, now_ms: i64) -> Result<Vec<NodeKeys>, Error> {
    const LIST: &str = "SELECT name, value FROM setting WHERE name LIKE 'node\\_keys/%' ESCAPE '\\' \
        AND updated_at > $1 AND updated_at < $2 ORDER BY name";
    let rows = db
        .query_all(LIST, args![now_ms - RUNS_MS, now_ms + RUNS_MS])
        .await?;
    rows.iter().map(node).collect()
}

fn node(row: &Row) -> Result<NodeKeys, Error> {
    let name = row.text(0)?;
    let said: Said = serde_json::from_str(&row.text(1)?).map_err(|error| {
        Error::internal("What a node says of its keys cannot be read.").caused_by(error)
    })?;
    Ok(NodeKeys {
        node: name.strip_prefix(PREFIX).unwrap_or(&name).to_owned(),
        held: said.held,
        current: said.current,
    })
}
