//! The product: rules, storage and jobs, by feature.
