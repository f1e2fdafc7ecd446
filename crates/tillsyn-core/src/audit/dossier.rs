//! Everything that is held on one person, for that person: one JSON document.

use serde_json::{Map, Value as Json, json};
use tillsyn_db::{Row, Tx, args};

use super::erasure::{prove, subject_in};
use crate::accounts::Proof;
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
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
    Part {
        name: "devices",
        sql: "SELECT device_id, name, serial_number, model_name, os_version, status, last_seen \
            FROM device_summary WHERE person_id = $1 ORDER BY device_id",
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
        sql: "SELECT f.device_id, f.name, f.value, f.observed_at FROM fact f JOIN device_summary s \
            ON s.device_id = f.device_id WHERE s.person_id = $1 ORDER BY f.device_id, f.name",
        columns: &[
            ('t', "device_id"),
            ('t', "name"),
            ('t', "value"),
            ('i', "observed_at"),
        ],
    },
    Part {
        name: "installed_apps",
        sql: "SELECT a.device_id, a.name FROM installed_app a JOIN device_summary s \
            ON s.device_id = a.device_id WHERE s.person_id = $1 ORDER BY a.device_id, a.name",
        columns: &[('t', "device_id"), ('t', "name")],
    },
    Part {
        name: "device_users",
        sql: "SELECT d.device_id, d.user_name, d.full_name, d.observed_at FROM device_user d \
            JOIN device_summary s ON s.device_id = d.device_id WHERE s.person_id = $1 \
            ORDER BY d.device_id, d.user_name",
        columns: &[
            ('t', "device_id"),
            ('t', "user_name"),
            ('t', "full_name"),
            ('i', "observed_at"),
        ],
    },
    Part {
        name: "locations",
        sql: "SELECT l.device_id, CAST(l.latitude AS TEXT), CAST(l.longitude AS TEXT), l.received_at \
            FROM location l JOIN device_summary s ON s.device_id = l.device_id \
            WHERE s.person_id = $1 ORDER BY l.id",
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

/// Events that they caused or that are about them. More than this nobody reads in one document.
const EVENTS: Part = Part {
    name: "events",
    sql: "SELECT e.id, e.at, e.actor_kind, e.actor_id, COALESCE(i.address, e.address), e.action, \
        e.object_kind, e.object_id, e.result, e.details FROM event e \
        LEFT JOIN event_identity i ON i.event_id = e.id \
        WHERE e.actor_id = $1 OR e.actor_id = $2 OR (e.object_kind = 'person' AND e.object_id = $1) \
        OR (e.object_kind = 'account' AND e.object_id = $2) ORDER BY e.seq DESC LIMIT 100000",
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

/// Everything that is held on a person. Secrets are in none of it.
pub async fn export_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
    proof: Option<Proof>,
) -> Result<Json, Error> {
    may(actor, Permission::AuditManage)?;
    prove(core, actor, proof).await?;
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                let subject = subject_in(tx, actor, id).await?;
                let mut document = Map::new();
                document.insert("exported_at".to_owned(), json!(now));
                for part in OF_PERSON {
                    let list = list_in(tx, part, args![id]).await?;
                    document.insert(part.name.to_owned(), list);
                }
                let account = subject.account.as_ref().map(|(id, _)| id.as_str());
                if let Some(account) = account {
                    for part in OF_ACCOUNT {
                        let list = list_in(tx, part, args![account]).await?;
                        document.insert(part.name.to_owned(), list);
                    }
                }
                let values = args![id, account.unwrap_or("-")];
                document.insert(EVENTS.name.to_owned(), list_in(tx, &EVENTS, values).await?);
                let event = NewEvent::done("person.export", "person", &subject.id, &subject.unit);
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(Json::Object(document))
            })
        })
        .await
}

async fn list_in(tx: &Tx, part: &Part, values: Vec<tillsyn_db::Value>) -> Result<Json, Error> {
    let rows = tx.fetch_all(part.sql, values).await?;
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
