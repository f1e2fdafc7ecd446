//! Configuration profiles: what people write. A profile belongs to a unit and has at most one draft, which
//! is edited, and published versions, which never change. What devices are to have of it, and have, are
//! assignments and items, not here.
