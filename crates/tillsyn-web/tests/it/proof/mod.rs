//! Evidence: the promises that must hold when servers are wrong, nodes die and requests race.

mod acme;
mod acme_client;
mod acme_device;
mod audit;
mod audit_forged;
mod clock;
mod delivery;
mod identity;
mod isolation;
mod keys;
mod messages;
mod mutations;
mod network;
mod nodes;
mod scep;
mod scep_client;

pub(crate) use acme_device::identities_by_acme;
