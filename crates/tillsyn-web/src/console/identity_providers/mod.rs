//! Settings → Single sign-on: the identity providers.

mod form;
mod list;
mod one;
mod page;

pub use page::{
    IdentityProviderPage, IdentityProvidersPage, MappingRow, ProviderForm, ProviderRow,
};

pub(super) use list::{add_provider, new_provider, providers_page};
pub(super) use one::{change_provider, check_provider, provider_page, remove_provider};
