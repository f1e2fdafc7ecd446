//! HTTP clients to vendors; base URLs come from configuration.
