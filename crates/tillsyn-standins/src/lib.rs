//! Strict stand-ins for vendors' servers, on the wire.
