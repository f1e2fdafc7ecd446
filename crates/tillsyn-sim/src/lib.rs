//! Simulated devices, written from the vendors' documentation.
