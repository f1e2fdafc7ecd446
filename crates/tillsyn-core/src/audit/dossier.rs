//! Everything that is held on one person, for that person: one JSON document.

use serde_json::{Map, Value as Json, json};
use tillsyn_db::{DbError, Row, Tx, args};

use super::erasure::{Subject, former_devices_in, prove, subject_in};
use crate::accounts::Proof;
use crate::actor::{Actor, Permission, may, refuse_limited};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::PersonId;

/// A list of the document: its name, the statement, and the kinds and names of its columns (`i` for numbers,
/// `t` for texts, `j` for JSON).
struct Part {
    name: &'static str,
    sql: &'static str,
    columns: &'static [(char, &'static str)],
}

/// Of the person.
const OF_PERSON: &[Part] = &[
    Part {
        name: "person",
        sql: "SELECT p.id, p.name, p.email, p.language, p.status, u.name, p.created_at, p.updated_at \
            FROM person p JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1",
        columns: &[
            ('t', "id"),
            ('t', "name"),
            ('t', "email"),
            ('t', "language"),
            ('t', "status"),
            ('t', "unit"),
            ('i', "created_at"),
            ('i', "updated_at"),
        ],
    },
    Part {
        name: "groups",
        sql: "SELECT g.id, g.name, m.added_at FROM group_member m JOIN device_group g \
            ON g.id = m.group_id WHERE m.member_kind = 'person' AND m.member_id = $1 ORDER BY g.name",
        columns: &[('t', "id"), ('t', "name"), ('i', "added_at")],
    },
    Part {
        name: "directories",
        sql: "SELECT s.name, l.external_key, l.login, l.external_id, l.state, l.raw_state, l.fields, \
            l.resource, l.created_at, l.updated_at FROM directory_link l JOIN directory_source s \
            ON s.id = l.source_id WHERE l.person_id = $1 ORDER BY s.priority, s.id",
        columns: &[
            ('t', "directory"),
            ('t', "key"),
            ('t', "login"),
            ('t', "external_id"),
            ('t', "state"),
            ('t', "said"),
            ('j', "fields"),
            ('j', "resource"),
            ('i', "created_at"),
            ('i', "updated_at"),
        ],
    },
    Part {
        name: "former_addresses",
        sql: "SELECT email, until FROM person_alias WHERE person_id = $1 ORDER BY email",
        columns: &[('t', "email"), ('i', "until")],
    },
    Part {
        name: "directory_state",
        sql: "SELECT state, since, raw_state FROM person_life WHERE person_id = $1",
        columns: &[('t', "state"), ('i', "since"), ('t', "said")],
    },
    Part {
        name: "invitations",
        sql: "SELECT id, label, language, ownership, status, created_at, expires_at FROM invitation \
            WHERE person_id = $1 ORDER BY created_at, id",
        columns: &[
            ('t', "id"),
            ('t', "label"),
            ('t', "language"),
            ('t', "ownership"),
            ('t', "status"),
            ('i', "created_at"),
            ('i', "expires_at"),
        ],
    },
    Part {
        name: "attempt_steps",
        sql: "SELECT s.attempt_id, s.at, s.step, s.address FROM attempt_step s \
            JOIN attempt t ON t.id = s.attempt_id JOIN invitation i ON i.id = t.invitation_id \
            WHERE i.person_id = $1 ORDER BY s.seq",
        columns: &[
            ('t', "attempt_id"),
            ('i', "at"),
            ('t', "step"),
            ('t', "address"),
        ],
    },
    Part {
        name: "consents",
        sql: "SELECT c.attempt_id, c.at, c.ownership, c.platform, c.enrollment_type, c.language, c.address, \
            c.ledger, x.text FROM consent c LEFT JOIN terms_text x ON x.hash = c.terms_sha256 \
            WHERE c.person_id = $1 ORDER BY c.at, c.id",
        columns: &[
            ('t', "attempt_id"),
            ('i', "at"),
            ('t', "ownership"),
            ('t', "platform"),
            ('t', "enrollment_type"),
            ('t', "language"),
            ('t', "address"),
            ('j', "ledger"),
            ('t', "terms"),
        ],
    },
    Part {
        name: "enrollments",
        sql: "SELECT id, device_id, enrollment_type, ownership, status, claims, created_at, enrolled_at, \
            ended_at FROM enrollment WHERE person_id = $1 ORDER BY created_at, id",
        columns: &[
            ('t', "id"),
            ('t', "device_id"),
            ('t', "enrollment_type"),
            ('t', "ownership"),
            ('t', "status"),
            ('j', "claims"),
            ('i', "created_at"),
            ('i', "enrolled_at"),
            ('i', "ended_at"),
        ],
    },
];

/// Of their devices, and of those that were theirs and are nobody else's.
const OF_DEVICES: &[Part] = &[
    Part {
        name: "devices",
        sql: "SELECT device_id, name, serial_number, model_name, os_version, status, last_seen \
            FROM device_summary WHERE device_id {ids} ORDER BY device_id",
        columns: &[
            ('t', "id"),
            ('t', "name"),
            ('t', "serial_number"),
            ('t', "model"),
            ('t', "os_version"),
            ('t', "status"),
            ('i', "last_seen"),
        ],
    },
    Part {
        name: "device_facts",
        sql: "SELECT device_id, name, value, observed_at FROM fact WHERE device_id {ids} \
            ORDER BY device_id, name",
        columns: &[
            ('t', "device_id"),
            ('t', "name"),
            ('t', "value"),
            ('i', "observed_at"),
        ],
    },
    Part {
        name: "installed_apps",
        sql: "SELECT device_id, name FROM installed_app WHERE device_id {ids} ORDER BY device_id, name",
        columns: &[('t', "device_id"), ('t', "name")],
    },
    Part {
        name: "device_users",
        sql: "SELECT device_id, user_name, full_name, observed_at FROM device_user \
            WHERE device_id {ids} ORDER BY device_id, user_name",
        columns: &[
            ('t', "device_id"),
            ('t', "user_name"),
            ('t', "full_name"),
            ('i', "observed_at"),
        ],
    },
    Part {
        name: "locations",
        sql: "SELECT device_id, CAST(latitude AS TEXT), CAST(longitude AS TEXT), received_at \
            FROM location WHERE device_id {ids} ORDER BY id",
        columns: &[
            ('t', "device_id"),
            ('t', "latitude"),
            ('t', "longitude"),
            ('i', "received_at"),
        ],
    },
];

/// Of the account with the same mail address.
const OF_ACCOUNT: &[Part] = &[
    Part {
        name: "account",
        sql: "SELECT id, name, email, role, status, language, created_at, last_sign_in_at FROM account \
            WHERE id = $1",
        columns: &[
            ('t', "id"),
            ('t', "name"),
            ('t', "email"),
            ('t', "role"),
            ('t', "status"),
            ('t', "language"),
            ('i', "created_at"),
            ('i', "last_sign_in_at"),
        ],
    },
    Part {
        name: "sessions",
        sql: "SELECT created_at, last_used_at, address, user_agent FROM session WHERE account_id = $1 \
            ORDER BY created_at",
        columns: &[
            ('i', "created_at"),
            ('i', "last_used_at"),
            ('t', "address"),
            ('t', "user_agent"),
        ],
    },
    Part {
        name: "passkeys",
        sql: "SELECT id, name, created_at, last_used_at FROM passkey WHERE account_id = $1 \
            ORDER BY created_at, id",
        columns: &[
            ('t', "id"),
            ('t', "name"),
            ('i', "created_at"),
            ('i', "last_used_at"),
        ],
    },
    Part {
        name: "api_tokens",
        sql: "SELECT id, name, created_at, expires_at, last_used_at FROM api_token WHERE account_id = $1 \
            ORDER BY created_at, id",
        columns: &[
            ('t', "id"),
            ('t', "name"),
            ('i', "created_at"),
            ('i', "expires_at"),
            ('i', "last_used_at"),
        ],
    },
];

/// Events in the asker's units that they caused, also by tokens, or that are about them.
const EVENTS: Part = Part {
    name: "events",
    sql: "SELECT e.id, e.at, e.actor_kind, e.actor_id, COALESCE(i.address, e.address), e.action, \
        e.object_kind, e.object_id, e.result, e.details, e.seq FROM event e \
        JOIN org_unit u ON u.id = e.org_unit_id \
        LEFT JOIN event_identity i ON i.event_id = e.id \
        WHERE e.seq < $1 AND u.path >= $2 AND u.path < $3 AND (e.actor_id = $4 OR e.actor_id = $5 \
        OR (e.object_kind = 'person' AND e.object_id = $4) \
        OR (e.object_kind = 'account' AND e.object_id = $5) \
        OR e.actor_id IN (SELECT t.id FROM api_token t WHERE t.account_id = $5)) \
        ORDER BY e.seq DESC LIMIT 5000",
    columns: &[
        ('t', "id"),
        ('i', "at"),
        ('t', "actor_kind"),
        ('t', "actor_id"),
        ('t', "address"),
        ('t', "action"),
        ('t', "object_kind"),
        ('t', "object_id"),
        ('t', "result"),
        ('j', "details"),
    ],
};

/// Events of one page, and of the document: more than that nobody reads, and it says that there are more.
const PAGE: usize = 5_000;
const MOST: usize = 100_000;

/// Everything that is held on a person. Secrets are in none of it.
pub async fn export_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
    proof: Option<Proof>,
) -> Result<Json, Error> {
    may(actor, Permission::AuditManage)?;
    refuse_limited(actor)?;
    prove(core, actor, proof).await?;
    let now_ms = core.now_ms();
    // Nothing of it is written: long lists hold no writer up.
    let (subject, mut document) = core
        .db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move { lists_in(tx, actor, id).await })
        })
        .await?;
    document.insert("exported_at".to_owned(), json!(now_ms));
    let (list, truncated) = events(core, actor, &subject).await?;
    document.insert(EVENTS.name.to_owned(), list);
    document.insert("events_truncated".to_owned(), json!(truncated));
    let input = (actor.clone(), subject.id, subject.unit, now_ms);
    core.db()
        .write(input, |tx, (actor, id, unit, now)| {
            Box::pin(async move {
                let event = NewEvent::done("person.export", "person", id, unit);
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(Json::Object(document))
}

async fn lists_in(
    tx: &Tx,
    actor: &Actor,
    id: &PersonId,
) -> Result<(Subject, Map<String, Json>), Error> {
    const THEIRS: &str = "SELECT device_id FROM device_summary WHERE person_id = $1";
    let subject = subject_in(tx, actor, id).await?;
    let mut document = Map::new();
    for part in OF_PERSON {
        let rows = tx.fetch_all(part.sql, args![id]).await?;
        document.insert(part.name.to_owned(), list(part, &rows)?);
    }
    let mut devices = former_devices_in(tx, &subject.id).await?;
    for row in tx.fetch_all(THEIRS, args![id]).await? {
        devices.push(row.text(0)?);
    }
    devices.sort_unstable();
    devices.dedup();
    for part in OF_DEVICES {
        let rows = if devices.is_empty() {
            Vec::new()
        } else {
            tx.fetch_all_in(part.sql, devices.clone(), args![]).await?
        };
        document.insert(part.name.to_owned(), list(part, &rows)?);
    }
    if let Some((account, _)) = &subject.account {
        for part in OF_ACCOUNT {
            let rows = tx.fetch_all(part.sql, args![account.as_str()]).await?;
            document.insert(part.name.to_owned(), list(part, &rows)?);
        }
    }
    Ok((subject, document))
}

/// The newest events, and whether there are more.
async fn events(core: &Core, actor: &Actor, subject: &Subject) -> Result<(Json, bool), Error> {
    let account = subject.account.as_ref().map_or("-", |(id, _)| id.as_str());
    let mut found = Vec::new();
    let mut before = i64::MAX;
    loop {
        let values = args![
            before,
            actor.unit_path.as_str(),
            prefix_end(&actor.unit_path),
            subject.id.as_str(),
            account
        ];
        let rows = core
            .db()
            .read(values, |tx, values| {
                Box::pin(async move { tx.fetch_all(EVENTS.sql, values.clone()).await })
            })
            .await
            .map_err(|error: DbError| Error::from(error))?;
        for row in &rows {
            if found.len() == MOST {
                return Ok((Json::Array(found), true));
            }
            before = row.i64(10)?;
            found.push(object(row, EVENTS.columns)?);
        }
        if rows.len() < PAGE {
            return Ok((Json::Array(found), false));
        }
    }
}

fn list(part: &Part, rows: &[Row]) -> Result<Json, Error> {
    let list: Result<Vec<Json>, Error> = rows.iter().map(|row| object(row, part.columns)).collect();
    Ok(Json::Array(list?))
}

fn object(row: &Row, columns: &[(char, &'static str)]) -> Result<Json, Error> {
    let mut object = Map::new();
    for (number, (kind, name)) in columns.iter().enumerate() {
        let value = match kind {
            'i' => json!(row.opt_i64(number)?),
            'j' => row
                .opt_text(number)?
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
            _ => json!(row.opt_text(number)?),
        };
        object.insert((*name).to_owned(), value);
    }
    Ok(Json::Object(object))
}
