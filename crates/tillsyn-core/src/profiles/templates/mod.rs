//! Profiles to begin with. Each is a property list with variables; a profile that is made from one gets
//! identifiers and UUIDs of its own.

/// One template. Its title and description are texts of the console, by its key.
#[derive(Clone, Copy, Debug)]
pub struct ProfileTemplate {
    /// Stable: it is part of the API.
    pub key: &'static str,
    /// An XML property list.
    pub plist: &'static str,
}

/// All templates, in the order in which they are offered.
pub fn list() -> &'static [ProfileTemplate] {
    &[]
}

/// The template of this key.
pub fn find(key: &str) -> Option<&'static ProfileTemplate> {
    list().iter().find(|template| template.key == key)
}
