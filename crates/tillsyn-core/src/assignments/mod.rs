//! What is assigned to whom: the changes that decide what devices are to have.

pub(crate) mod revision;
