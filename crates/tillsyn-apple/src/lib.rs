//! Apple wire formats: check-in, commands, profiles. No I/O.
