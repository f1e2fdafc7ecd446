//! `tillsyn event`.

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum EventVerb {
    /// Lists events, newest first
    List {
        /// Only of one object: device, invitation, api_token, …
        #[arg(long, requires = "object_id", value_name = "KIND")]
        object_kind: Option<String>,
        /// Id of that object
        #[arg(long, requires = "object_kind", value_name = "ID")]
        object_id: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

pub(super) async fn run(with: With<EventVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    let EventVerb::List {
        object_kind,
        object_id,
        limit,
    } = with.verb;
    let filters = [("object_kind", object_kind), ("object_id", object_id)];
    let query: Vec<_> = filters
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    let rows = client.list("events", &query, limit).await?;
    let columns = [
        ("AT", "/at"),
        ("ACTION", "/action"),
        ("RESULT", "/result"),
        ("BY", "/actor_kind"),
        ("ACTOR", "/actor_id"),
        ("OBJECT", "/object_kind"),
        ("OBJECT ID", "/object_id"),
        ("FROM", "/address"),
    ];
    show::rows(&client, &columns, rows, "There are no such events.");
    Ok(())
}
