//! Evidence: the promises that must hold when servers are wrong, nodes die and requests race.

mod acme;
mod acme_client;
mod identity;
mod isolation;
mod messages;
mod mutations;
mod nodes;
mod scep;
mod scep_client;
