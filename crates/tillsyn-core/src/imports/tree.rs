//! Units by their names: `Faculty/Physics`, from the top of what an import reaches.

use std::collections::HashMap;

use tillsyn_db::{Tx, args};

use crate::error::Error;
use crate::events::prefix_end;

/// One unit as an import sees it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) name: String,
    /// Ids from the root down.
    pub(super) path: String,
}

/// The units that an import reaches.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) top: Node,
    /// By parent and name.
    children: HashMap<(String, String), Node>,
    /// Of the whole installation.
    pub(super) count: i64,
    first: String,
}

/// Units that an error names as what could stand there.
const SHOWN: usize = 8;

impl Tree {
    pub(super) fn new(top: Node, below: Vec<(String, Node)>, count: i64) -> Self {
        let of_top = below.iter().filter(|(parent, _)| *parent == top.id);
        let mut first: Vec<&str> = of_top.map(|(_, node)| node.name.as_str()).collect();
        first.sort_unstable();
        let more = if first.len() > SHOWN { ", …" } else { "" };
        first.truncate(SHOWN);
        let first = first.join(", ") + more;
        let key = |(parent, node): (String, Node)| ((parent, node.name.clone()), node);
        Self {
            top,
            children: below.into_iter().map(key).collect(),
            count,
            first,
        }
    }

    /// The first names below the top.
    pub(super) fn first_names(&self) -> String {
        self.first.clone()
    }

    pub(super) fn child(&self, parent: &str, name: &str) -> Option<&Node> {
        self.children.get(&(parent.to_owned(), name.to_owned()))
    }

    /// The names below the top: whoever writes the top's own name first means the same.
    pub(super) fn below_top(&self, text: &str) -> Vec<String> {
        let mut names = names(text);
        let first = names.first();
        if first.is_some_and(|n| *n == self.top.name && self.child(&self.top.id, n).is_none()) {
            names.remove(0);
        }
        names
    }

    /// The unit that these names lead to; the top for none.
    pub(super) fn find(&self, text: &str) -> Option<&Node> {
        let mut at = &self.top;
        for name in self.below_top(text) {
            at = self.child(&at.id, &name)?;
        }
        Some(at)
    }
}

/// The names of a path; a slash that belongs to a name is written `\/`.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'/') => {
                chars.next();
                if let Some(name) = names.last_mut() {
                    name.push('/');
                }
            }
            '/' => names.push(String::new()),
            c => {
                if let Some(name) = names.last_mut() {
                    name.push(c);
                }
            }
        }
    }
    let trimmed = names.into_iter().map(|name| name.trim().to_owned());
    trimmed.filter(|name| !name.is_empty()).collect()
}

/// The tree below the unit at this path.
pub(super) async fn tree_in(tx: &Tx, top: &str) -> Result<Tree, Error> {
    const LIST: &str = "SELECT id, parent_id, name, path FROM org_unit \
        WHERE path >= $1 AND path < $2 AND removed_at IS NULL";
    const COUNT: &str = "SELECT count(*) FROM org_unit WHERE removed_at IS NULL";
    let mut root = None;
    let mut below = Vec::new();
    for row in tx.fetch_all(LIST, args![top, prefix_end(top)]).await? {
        let node = Node {
            id: row.text(0)?,
            name: row.text(2)?,
            path: row.text(3)?,
        };
        if node.path == top {
            root = Some(node);
        } else if let Some(parent) = row.opt_text(1)? {
            below.push((parent, node));
        }
    }
    let root = root.ok_or_else(|| Error::not_found("organisational unit"))?;
    let count = tx.fetch_one(COUNT, args![]).await?.i64(0)?;
    Ok(Tree::new(root, below, count))
}
