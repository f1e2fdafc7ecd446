//! The platforms behind one model: how enrollment, channel, command and fact look on each wire.

pub mod apple;
