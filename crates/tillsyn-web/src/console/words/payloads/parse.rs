//! Reads the files in `locales/payloads`. The build reads them with the same code and stops at a fault.
//!
//! ```text
//! [payload type] icon
//! = title | Swedish | Japanese
//! : what it is for | … | …
//! < another block whose keys it has too
//! ## section | … | …
//! * key.path | label | … | …      shown by default; "-" instead of "*": behind "show all keys"
//!   help | … | …
//!   = value | its name | … | …
//! ```
//! A path that begins with `~` stands for every key whose path ends so.

/// One text in English, Swedish and Japanese.
pub(super) type Text<'a> = [&'a str; 3];

pub(super) struct Block<'a> {
    pub name: &'a str,
    pub icon: Option<&'a str>,
    pub title: Option<Text<'a>>,
    pub about: Option<Text<'a>>,
    pub bases: Vec<&'a str>,
    pub sections: Vec<Text<'a>>,
    pub keys: Vec<Key<'a>>,
}

pub(super) struct Key<'a> {
    pub path: &'a str,
    /// Place of its section in the block; `None` above the first one.
    pub section: Option<usize>,
    pub common: bool,
    pub label: Text<'a>,
    pub help: Option<Text<'a>>,
    pub values: Vec<(&'a str, Text<'a>)>,
}

/// The blocks of one file, and what is wrong in it, each with its line.
pub(super) fn parse(source: &str) -> (Vec<Block<'_>>, Vec<String>) {
    let mut blocks = Vec::new();
    let mut faults = Vec::new();
    for (at, line) in source.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with("//") {
            continue;
        }
        if let Err(fault) = read_line(line, &mut blocks) {
            faults.push(format!("line {}: {fault}: {line}", at + 1));
        }
    }
    (blocks, faults)
}

fn read_line<'a>(line: &'a str, blocks: &mut Vec<Block<'a>>) -> Result<(), &'static str> {
    if let Some(rest) = line.strip_prefix('[') {
        let (name, icon) = rest.split_once(']').ok_or("no closing bracket")?;
        let icon = Some(icon.trim()).filter(|icon| !icon.is_empty());
        blocks.push(Block {
            name,
            icon,
            title: None,
            about: None,
            bases: Vec::new(),
            sections: Vec::new(),
            keys: Vec::new(),
        });
        return Ok(());
    }
    let block = blocks.last_mut().ok_or("no block begun")?;
    if let Some(rest) = line.strip_prefix("= ") {
        once(&mut block.title, text(rest)?)
    } else if let Some(rest) = line.strip_prefix(": ") {
        once(&mut block.about, text(rest)?)
    } else if let Some(rest) = line.strip_prefix("< ") {
        block.bases.push(rest.trim());
        Ok(())
    } else if let Some(rest) = line.strip_prefix("## ") {
        block.sections.push(text(rest)?);
        Ok(())
    } else if let Some(rest) = line.strip_prefix("* ") {
        block.begin_key(rest, true)
    } else if let Some(rest) = line.strip_prefix("- ") {
        block.begin_key(rest, false)
    } else if let Some(rest) = line.strip_prefix("  = ") {
        let key = block.keys.last_mut().ok_or("a value without a key")?;
        let (value, label) = rest.split_once('|').ok_or("no texts")?;
        let value = value.trim();
        if key.values.iter().any(|(known, _)| *known == value) {
            return Err("the value is there twice");
        }
        key.values.push((value, text(label)?));
        Ok(())
    } else if let Some(rest) = line.strip_prefix("  ") {
        let key = block.keys.last_mut().ok_or("help without a key")?;
        once(&mut key.help, text(rest)?)
    } else {
        Err("not understood")
    }
}

impl<'a> Block<'a> {
    fn begin_key(&mut self, rest: &'a str, common: bool) -> Result<(), &'static str> {
        let (path, label) = rest.split_once('|').ok_or("no texts")?;
        let path = path.trim();
        if self.keys.iter().any(|key| key.path == path) {
            return Err("the key is there twice");
        }
        self.keys.push(Key {
            path,
            section: self.sections.len().checked_sub(1),
            common,
            label: text(label)?,
            help: None,
            values: Vec::new(),
        });
        Ok(())
    }
}

fn once<'a>(place: &mut Option<Text<'a>>, text: Text<'a>) -> Result<(), &'static str> {
    match place.replace(text) {
        Some(_) => Err("it is there twice"),
        None => Ok(()),
    }
}

fn text(source: &str) -> Result<Text<'_>, &'static str> {
    let parts: Vec<&str> = source.split('|').map(str::trim).collect();
    let text = <Text<'_>>::try_from(parts).map_err(|_| "not in exactly three languages")?;
    if text.iter().any(|part| part.is_empty()) {
        return Err("empty in a language");
    }
    Ok(text)
}
