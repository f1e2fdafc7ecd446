//! Evidence: the promises that must hold when servers are wrong, nodes die and requests race.

mod mutations;
mod scep;
mod scep_client;
