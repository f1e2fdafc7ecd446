//! Lists as people use them: how they look, saved views, what was chosen across pages, taking them out as files.

mod export;
mod look;
mod selection;
mod views;

pub use export::{csv_file, csv_lines, record_export};
pub use look::{Density, ListLook, begin_with_view, look, set_density};
pub use selection::{
    MOST_SELECTED, Pick, Selection, SelectionSummary, choose, selected, selection, summary,
};
pub use views::{
    Audience, NewView, ViewChange, ViewView, change_view, create_view, remove_view, view, views,
};
