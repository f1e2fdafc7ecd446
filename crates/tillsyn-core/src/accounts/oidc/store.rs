//! The providers' SQL.

use tillsyn_db::{Row, Tx, args};

use super::provider::{Mapping, Provider};
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{IdentityProviderId, OrgUnitId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.org_unit_id, u.path, p.name, p.issuer, p.client_id, p.scopes, p.algorithms, p.hosts, \
             p.groups_claim, p.trusts_second_factor, p.second_factor_values, p.links_existing, p.disabled_at, \
             p.created_at, p.updated_at, CASE WHEN p.client_secret_sealed IS NULL THEN 0 ELSE 1 END, p.people, \
             p.makes_people_in \
             FROM oidc_provider p JOIN org_unit u ON u.id = p.org_unit_id ",
            $rest
        )
    };
}

pub(super) async fn find_in(tx: &Tx, id: &IdentityProviderId) -> Result<Option<Provider>, Error> {
    const FIND: &str = select!("WHERE p.id = $1");
    let Some(row) = tx.fetch_optional(FIND, args![id]).await? else {
        return Ok(None);
    };
    with_mappings(tx, decode(&row)?).await.map(Some)
}

pub(super) async fn list_in(tx: &Tx, path: &str) -> Result<Vec<Provider>, Error> {
    const LIST: &str =
        select!("WHERE u.path >= $1 AND u.path < $2 ORDER BY p.name, p.id LIMIT 200");
    let rows = tx.fetch_all(LIST, args![path, prefix_end(path)]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(with_mappings(tx, decode(row)?).await?);
    }
    Ok(found)
}

async fn with_mappings(tx: &Tx, provider: Provider) -> Result<Provider, Error> {
    const MAPPINGS: &str = "SELECT group_value, role, org_unit_id FROM oidc_mapping \
        WHERE provider_id = $1 ORDER BY position";
    let rows = tx.fetch_all(MAPPINGS, args![&provider.id]).await?;
    let read = |row: &Row| {
        Ok(Mapping {
            group: row.text(0)?,
            role: row.text(1)?,
            unit: OrgUnitId::from_store(row.text(2)?),
        })
    };
    let mappings = rows.iter().map(read).collect::<Result<_, Error>>()?;
    Ok(Provider {
        mappings,
        ..provider
    })
}

fn decode(row: &Row) -> Result<Provider, Error> {
    let words = |at: usize| -> Result<Vec<String>, Error> {
        serde_json::from_str(row.str(at)?)
            .map_err(|error| Error::internal("A stored list cannot be read.").caused_by(error))
    };
    Ok(Provider {
        id: IdentityProviderId::from_store(row.text(0)?),
        unit: OrgUnitId::from_store(row.text(1)?),
        unit_path: row.text(2)?,
        name: row.text(3)?,
        issuer: row.text(4)?,
        client_id: row.text(5)?,
        scopes: words(6)?,
        algorithms: words(7)?,
        hosts: words(8)?,
        groups_claim: row.text(9)?,
        trusts_second_factor: row.i64(10)? != 0,
        second_factor_values: words(11)?,
        links_existing: row.i64(12)? != 0,
        enabled: row.opt_i64(13)?.is_none(),
        created_at: row.i64(14)?,
        updated_at: row.i64(15)?,
        has_secret: row.i64(16)? != 0,
        people: row.i64(17)? != 0,
        makes_people_in: row.opt_text(18)?.map(OrgUnitId::from_store),
        mappings: Vec::new(),
    })
}
