#![expect(clippy::unwrap_used, reason = "tests")]

mod fence;
mod jobs;
mod migrations;
mod postgres;
mod sqlite;
mod transactions;
mod values;

use crate::Migration;

/// Tables for these tests alone, so that they do not change with the product's schema.
pub(crate) const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "test",
    sql: "CREATE TABLE thing (
              id TEXT PRIMARY KEY,
              flag BOOLEAN,
              number BIGINT,
              small INTEGER,
              real DOUBLE PRECISION,
              body {blob},
              note TEXT
          );
          CREATE TABLE counter (
              id TEXT PRIMARY KEY,
              n BIGINT NOT NULL CHECK (n >= 0)
          );
          CREATE TABLE part (
              id {autoid},
              thing_id TEXT NOT NULL REFERENCES thing(id),
              a TEXT NOT NULL,
              b TEXT NOT NULL,
              UNIQUE (a, b)
          );
          CREATE TABLE job (
              id TEXT PRIMARY KEY,
              kind TEXT NOT NULL,
              dedup_key TEXT,
              payload TEXT NOT NULL,
              status TEXT NOT NULL,
              due_at BIGINT NOT NULL,
              lease_until BIGINT,
              worker TEXT,
              attempt BIGINT NOT NULL DEFAULT 0,
              last_error TEXT,
              created_at BIGINT NOT NULL,
              updated_at BIGINT NOT NULL
          );
          CREATE UNIQUE INDEX job_dedup ON job(kind, dedup_key)
              WHERE status IN ('waiting', 'running');",
}];
