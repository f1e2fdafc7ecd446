//! Campaigns: many erases or retires that were agreed on beforehand, of a fixed list of devices and between
//! two dates (security §6). Each device is used once; every act still takes its hold.

mod create;
mod life;
mod resolve;
mod spend;
mod store;
mod view;

pub use create::{CampaignPreview, NewCampaign, create, preview};
pub use life::end;
pub use resolve::{Resolved, resolve};
pub use store::{CampaignStatus, CampaignView};
pub use view::{CampaignTarget, find, list_campaigns, targets};

pub(crate) use life::{begin_in, drop_in, end_due, target_devices_in};
pub(crate) use spend::{Spend, covers_in, spend_in, spent_in};

/// Devices of one campaign.
pub const MOST: usize = 10_000;
