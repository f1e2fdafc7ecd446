//! Evidence: the promises that must hold when servers are wrong, nodes die and requests race.

mod mutations;
