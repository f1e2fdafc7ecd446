//! The REST API, as programs use it.

mod access;
mod administrators;
mod audit;
mod branding;
mod commands;
mod devices;
mod escrow;
mod group_members;
mod idempotency;
mod imports;
mod invitations;
mod moves;
mod organisation;
mod others;
mod payload_types;
pub(crate) mod plans;
mod plans_exact;
mod plans_guard;
mod platforms;
mod profiles;
mod push_life;
mod roles;
mod round_trip;
mod strict;
