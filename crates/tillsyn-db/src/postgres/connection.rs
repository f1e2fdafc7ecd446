//! One PostgreSQL connection taken from the pool.

use std::sync::Arc;

use deadpool_postgres::Object;
use futures_util::TryStreamExt as _;
use tokio_postgres::Statement;

use super::error::error;
use super::handle::Shared;
use super::param::{Param, params};
use crate::row::Cells;
use crate::tx::{Args, Sql};
use crate::{DbError, Row};

pub(crate) struct Connection {
    /// Taken only by `Drop`.
    client: Option<Object>,
    shared: Arc<Shared>,
    /// Between BEGIN and the end of COMMIT or ROLLBACK.
    open: bool,
}

impl Connection {
    pub(crate) fn new(client: Object, shared: Arc<Shared>) -> Self {
        Self {
            client: Some(client),
            shared,
            open: false,
        }
    }

    fn client(&self) -> Result<&Object, DbError> {
        self.client.as_ref().ok_or(DbError::Aborted)
    }

    async fn prepare(&self, text: Sql<'_>) -> Result<Statement, DbError> {
        let client = self.client()?;
        let prepared = match text {
            Sql::Static(source) => client.prepare_cached(source).await,
            Sql::WithIds(..) | Sql::Values(_) => {
                client.prepare_cached(&self.shared.text(text)).await
            }
            Sql::Composed(source) => {
                self.shared.remember(source);
                client.prepare_cached(source).await
            }
        };
        prepared.map_err(|e| error(&e, text.name()))
    }

    pub(crate) async fn execute(&self, text: Sql<'_>, args: &Args) -> Result<u64, DbError> {
        let statement = self.prepare(text).await?;
        let params = params(&statement, text, args)?;
        let result = self
            .client()?
            .execute_raw::<_, Param<'_>, _>(&statement, params)
            .await;
        result.map_err(|e| error(&e, text.name()))
    }

    pub(crate) async fn fetch(&self, text: Sql<'_>, args: &Args) -> Result<Vec<Row>, DbError> {
        let statement = self.prepare(text).await?;
        let params = params(&statement, text, args)?;
        let rows = async {
            let rows = self
                .client()?
                .query_raw::<_, Param<'_>, _>(&statement, params)
                .await;
            let rows = rows.map_err(|e| error(&e, text.name()))?;
            let sql = text.name();
            rows.map_ok(|row| Row {
                sql,
                cells: Cells::Postgres(row),
            })
            .try_collect()
            .await
            .map_err(|e| error(&e, sql))
        };
        rows.await
    }

    pub(crate) async fn batch(&self, text: &str) -> Result<(), DbError> {
        self.client()?
            .batch_execute(text)
            .await
            .map_err(|e| error(&e, text))
    }

    pub(crate) async fn begin(&mut self, text: &'static str) -> Result<(), DbError> {
        // Set first: a caller who goes away while BEGIN is under way must not leave it open.
        self.open = true;
        self.batch(text).await
    }

    pub(crate) async fn end(&mut self, text: &'static str) -> Result<(), DbError> {
        self.batch(text).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Closing it is the one way to end a transaction without waiting for the server.
        if self.open
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}
