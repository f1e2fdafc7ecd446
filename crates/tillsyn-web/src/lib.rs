//! HTTP surfaces: device endpoints, REST API, console, portal.
