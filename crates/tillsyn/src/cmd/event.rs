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
        /// Since then, RFC 3339
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Before then
        #[arg(long, value_name = "TIME")]
        to: Option<String>,
        /// Id of an account, token or device
        #[arg(long, value_name = "ID")]
        actor: Option<String>,
        /// One action, or all of a kind: device.*
        #[arg(long)]
        action: Option<String>,
        /// Id of a unit: in it or below
        #[arg(long, value_name = "ID")]
        unit: Option<String>,
        /// done or refused
        #[arg(long)]
        result: Option<String>,
        /// An id or address anywhere in the event, or a part of its details
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
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
        from,
        to,
        actor,
        action,
        unit,
        result,
        find,
        limit,
    } = with.verb;
    let filters = [
        ("object_kind", object_kind),
        ("object_id", object_id),
        ("from", from),
        ("to", to),
        ("actor_id", actor),
        ("action", action),
        ("unit_id", unit),
        ("result", result),
        ("q", find),
    ];
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
