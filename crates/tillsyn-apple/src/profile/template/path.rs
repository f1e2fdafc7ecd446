use std::fmt;

use plist::{Dictionary, Value};

/// One step down a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// Where a value stands, from the top of the profile: `PayloadContent[0].EAPClientConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct KeyPath(pub Vec<Step>);

impl KeyPath {
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The last key on the way.
    pub fn last_key(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
    }

    pub fn find<'a>(&self, root: &'a Dictionary) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        let Step::Key(key) = first else {
            return None;
        };
        rest.iter()
            .try_fold(root.get(key)?, |value, step| match (value, step) {
                (Value::Dictionary(dict), Step::Key(key)) => dict.get(key),
                (Value::Array(items), Step::Index(index)) => items.get(*index),
                _ => None,
            })
    }

    pub fn find_mut<'a>(&self, root: &'a mut Dictionary) -> Option<&'a mut Value> {
        let (first, rest) = self.0.split_first()?;
        let Step::Key(key) = first else {
            return None;
        };
        rest.iter()
            .try_fold(root.get_mut(key)?, |value, step| match (value, step) {
                (Value::Dictionary(dict), Step::Key(key)) => dict.get_mut(key),
                (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
                _ => None,
            })
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                // `cachedaccounts.expiry` is one key.
                Step::Key(key) if key.contains(['.', '[', ']', '"']) => write!(f, "[{key:?}]")?,
                Step::Key(key) if nth == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}
