//! Words that handlers put into pages: names of facts and kinds, causes, errors of fields, notices.

mod activity;
mod commands;
mod enrollments;
mod facts;
mod findings;
mod general;
pub mod payloads;
mod permissions;
mod profile_templates;
mod refusals;
mod transitions;

pub use activity::activity;
pub use commands::{command, command_family, command_parameter};
pub use enrollments::enrollment_end;
pub use facts::{bytes, bytes_short, fact_label, fact_value};
pub use findings::{
    conflict, effect, finding, item_reason, kind_word, plan_reason, support_reason,
};
pub use general::*;
pub use permissions::{permission, permission_groups};
pub use profile_templates::{profile_template, profile_template_example};
pub use refusals::{incapable, known_refusal, refusal};
pub use transitions::{asked_by, held_reason, transition};
