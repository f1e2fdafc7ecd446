//! Profiles to begin with. Each is a property list with variables; a profile that is made from one gets
//! identifiers and UUIDs of its own. Names under `example.org` are to be replaced by whoever uses it.

#[cfg(test)]
mod tests;

/// One template. Its title and description are texts of the console, by its key.
#[derive(Clone, Copy, Debug)]
pub struct ProfileTemplate {
    /// Stable: it is part of the API.
    pub key: &'static str,
    /// An XML property list.
    pub plist: &'static str,
}

macro_rules! template {
    ($key:literal) => {
        ProfileTemplate {
            key: $key,
            plist: include_str!(concat!($key, ".plist")),
        }
    };
}

static TEMPLATES: [ProfileTemplate; 7] = [
    template!("eduroam_tls"),
    template!("eduroam_password"),
    template!("mail"),
    template!("exchange"),
    template!("baseline_ios"),
    template!("baseline_mac"),
    template!("web_clip"),
];

/// All templates, in the order in which they are offered.
pub fn list() -> &'static [ProfileTemplate] {
    &TEMPLATES
}

/// The template of this key.
pub fn find(key: &str) -> Option<&'static ProfileTemplate> {
    list().iter().find(|template| template.key == key)
}
