//! Filters (RFC 7644 §3.4.2.2) and the paths that they and PATCH name: a small parser with limits. What is not
//! understood is refused; no filter ever means "everything" by accident.

use serde_json::{Map, Value as Json};
use tillsyn_core::directory::folded;

use super::answer::ScimError;

/// Bytes of a filter.
const LONGEST: usize = 2_048;
/// Nesting of a filter.
const DEEPEST: usize = 8;

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Where a value is: `emails[type eq "work"].value`, `name.givenName`, or one of an extension by its URN.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub(super) enterprise: bool,
    pub(super) attribute: String,
    pub(super) filter: Option<Box<Filter>>,
    pub(super) sub: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(Path, Operator, Json),
    Present(Path),
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, ScimError> {
        if text.len() > LONGEST {
            return Err(bad());
        }
        let mut parser = Parser { rest: text };
        let filter = parser.any_of(0)?;
        parser.space();
        if parser.rest.is_empty() {
            Ok(filter)
        } else {
            Err(bad())
        }
    }

    pub(super) fn matches(&self, resource: &Json) -> bool {
        match self {
            Self::And(a, b) => a.matches(resource) && b.matches(resource),
            Self::Or(a, b) => a.matches(resource) || b.matches(resource),
            Self::Not(of) => !of.matches(resource),
            Self::Present(path) => path.values(resource).into_iter().any(is_present),
            Self::Compare(path, Operator::Ne, wanted) => !path
                .values(resource)
                .into_iter()
                .any(|value| path.compare(value, Operator::Eq, wanted)),
            Self::Compare(path, operator, wanted) => path
                .values(resource)
                .into_iter()
                .any(|value| path.compare(value, *operator, wanted)),
        }
    }

    /// The attribute and text that everything found must be equal to, when there is one at the top.
    pub(super) fn equals(&self, attribute: &str) -> Option<&str> {
        match self {
            Self::And(a, b) => a.equals(attribute).or_else(|| b.equals(attribute)),
            Self::Compare(path, Operator::Eq, Json::String(text))
                if !path.enterprise
                    && path.filter.is_none()
                    && path.sub.is_none()
                    && path.attribute.eq_ignore_ascii_case(attribute) =>
            {
                Some(text)
            }
            _ => None,
        }
    }

    /// The attributes that an element has when this is true of it and nothing else is said: what
    /// `[type eq "work"]` makes when there is none.
    pub(super) fn made(&self) -> Option<Map<String, Json>> {
        match self {
            Self::And(a, b) => {
                let mut made = a.made()?;
                made.extend(b.made()?);
                Some(made)
            }
            Self::Compare(path, Operator::Eq, value)
                if path.filter.is_none() && path.sub.is_none() =>
            {
                Some(Map::from_iter([(path.attribute.clone(), value.clone())]))
            }
            _ => None,
        }
    }
}

fn is_present(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// A field whatever the case of its name.
pub(super) fn field<'a>(of: &'a Json, name: &str) -> Option<&'a Json> {
    let fields = of.as_object()?;
    fields.get(name).or_else(|| {
        let same = |(key, _): &(&String, &Json)| key.eq_ignore_ascii_case(name);
        fields.iter().find(same).map(|(_, value)| value)
    })
}

impl Path {
    /// Reads a path of PATCH, or a key that stands for one.
    pub(super) fn parse(text: &str) -> Result<Self, ScimError> {
        let refused = || ScimError::bad("invalidPath", "The path is not one of this resource.");
        if text.len() > LONGEST {
            return Err(refused());
        }
        let mut parser = Parser { rest: text.trim() };
        let path = parser.path(0).map_err(|_| refused())?;
        if parser.rest.is_empty() {
            Ok(path)
        } else {
            Err(refused())
        }
    }

    fn exact(&self) -> bool {
        let name = self.sub.as_deref().unwrap_or(&self.attribute);
        let exact = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        self.sub.is_none() && (exact("id") || exact("externalId"))
    }

    fn values<'a>(&self, resource: &'a Json) -> Vec<&'a Json> {
        let of = if self.enterprise {
            field(resource, ENTERPRISE)
        } else {
            Some(resource)
        };
        let Some(value) = of.and_then(|of| field(of, &self.attribute)) else {
            return Vec::new();
        };
        let mut items: Vec<&Json> = match value {
            Json::Array(items) => items.iter().collect(),
            one => vec![one],
        };
        if let Some(filter) = &self.filter {
            items.retain(|item| filter.matches(item));
        }
        match &self.sub {
            Some(sub) => items
                .into_iter()
                .filter_map(|item| field(item, sub))
                .collect(),
            // Of `emails` and `manager` their value is meant.
            None => items
                .into_iter()
                .map(|item| field(item, "value").unwrap_or(item))
                .collect(),
        }
    }

    fn compare(&self, value: &Json, operator: Operator, wanted: &Json) -> bool {
        let (value, wanted) = match (value, wanted) {
            (Json::String(value), Json::String(wanted)) if self.exact() => {
                (value.clone(), wanted.clone())
            }
            (Json::String(value), Json::String(wanted)) => (folded(value), folded(wanted)),
            (Json::Number(value), Json::Number(wanted)) => {
                let (Some(value), Some(wanted)) = (value.as_f64(), wanted.as_f64()) else {
                    return false;
                };
                return match operator {
                    Operator::Gt => value > wanted,
                    Operator::Ge => value >= wanted,
                    Operator::Lt => value < wanted,
                    Operator::Le => value <= wanted,
                    _ => value.total_cmp(&wanted).is_eq(),
                };
            }
            (Json::Bool(value), Json::String(wanted)) => (value.to_string(), wanted.to_lowercase()),
            (value, wanted) => return operator == Operator::Eq && value == wanted,
        };
        match operator {
            Operator::Eq => value == wanted,
            Operator::Ne => value != wanted,
            Operator::Co => value.contains(&wanted),
            Operator::Sw => value.starts_with(&wanted),
            Operator::Ew => value.ends_with(&wanted),
            Operator::Gt => value > wanted,
            Operator::Ge => value >= wanted,
            Operator::Lt => value < wanted,
            Operator::Le => value <= wanted,
        }
    }
}

fn bad() -> ScimError {
    ScimError::bad("invalidFilter", "The filter is not understood.")
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: char) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A word followed by something that ends words.
    fn word(&mut self, word: &str) -> bool {
        self.space();
        let Some(head) = self.rest.get(..word.len()) else {
            return false;
        };
        let after = self.rest.get(word.len()..).unwrap_or_default();
        let ends = after.is_empty() || after.starts_with([' ', '(', ')', ']', '"']);
        if head.eq_ignore_ascii_case(word) && ends {
            self.rest = after;
            return true;
        }
        false
    }

    fn any_of(&mut self, depth: usize) -> Result<Filter, ScimError> {
        if depth > DEEPEST {
            return Err(bad());
        }
        let mut filter = self.all_of(depth)?;
        while self.word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.all_of(depth)?));
        }
        Ok(filter)
    }

    fn all_of(&mut self, depth: usize) -> Result<Filter, ScimError> {
        let mut filter = self.one(depth)?;
        while self.word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(depth)?));
        }
        Ok(filter)
    }

    fn one(&mut self, depth: usize) -> Result<Filter, ScimError> {
        let not = self.word("not");
        if self.take('(') {
            let filter = self.any_of(depth + 1)?;
            if !self.take(')') {
                return Err(bad());
            }
            return Ok(if not {
                Filter::Not(Box::new(filter))
            } else {
                filter
            });
        }
        if not {
            return Err(bad());
        }
        let path = self.path(depth)?;
        if self.word("pr") {
            return Ok(Filter::Present(path));
        }
        let operators = [
            ("eq", Operator::Eq),
            ("ne", Operator::Ne),
            ("co", Operator::Co),
            ("sw", Operator::Sw),
            ("ew", Operator::Ew),
            ("gt", Operator::Gt),
            ("ge", Operator::Ge),
            ("lt", Operator::Lt),
            ("le", Operator::Le),
        ];
        for (name, operator) in operators {
            if self.word(name) {
                let value = self.value(operator)?;
                return Ok(Filter::Compare(path, operator, value));
            }
        }
        // `emails[type eq "work"]` by itself: there is such an element.
        if path.filter.is_some() && path.sub.is_none() {
            return Ok(Filter::Present(path));
        }
        Err(bad())
    }

    fn name(&mut self) -> Result<&'a str, ScimError> {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$')))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() || name.len() > 100 {
            return Err(bad());
        }
        self.rest = rest;
        Ok(name)
    }

    fn path(&mut self, depth: usize) -> Result<Path, ScimError> {
        self.space();
        let mut enterprise = false;
        for (schema, extends) in [(USER, false), (GROUP, false), (ENTERPRISE, true)] {
            let head = self.rest.get(..schema.len());
            if head.is_some_and(|head| head.eq_ignore_ascii_case(schema)) {
                let rest = self.rest.get(schema.len()..).unwrap_or_default();
                if let Some(rest) = rest.strip_prefix([':', '.']) {
                    self.rest = rest;
                    enterprise = extends;
                } else if extends && rest.is_empty() {
                    // The extension as a whole.
                    self.rest = rest;
                    return Ok(Path {
                        enterprise: false,
                        attribute: ENTERPRISE.to_owned(),
                        filter: None,
                        sub: None,
                    });
                }
                break;
            }
        }
        let attribute = self.name()?.to_owned();
        let mut filter = None;
        if let Some(rest) = self.rest.strip_prefix('[') {
            self.rest = rest;
            filter = Some(Box::new(self.any_of(depth + 1)?));
            if !self.take(']') {
                return Err(bad());
            }
        }
        let mut sub = None;
        if let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            sub = Some(self.name()?.to_owned());
        }
        Ok(Path {
            enterprise,
            attribute,
            filter,
            sub,
        })
    }

    fn value(&mut self, operator: Operator) -> Result<Json, ScimError> {
        self.space();
        if self.rest.starts_with('"') {
            let end = closing(self.rest).ok_or_else(bad)?;
            let (quoted, rest) = self.rest.split_at(end);
            self.rest = rest;
            return serde_json::from_str(quoted).map_err(|_| bad());
        }
        let end = self.rest.find([' ', ')', ']']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.is_empty() || word.contains(['"', '(', '[']) {
            return Err(bad());
        }
        match word.to_ascii_lowercase().as_str() {
            "true" => return Ok(Json::Bool(true)),
            "false" => return Ok(Json::Bool(false)),
            "null" => return Ok(Json::Null),
            _ => {}
        }
        if let Ok(number) = serde_json::from_str::<serde_json::Number>(word)
            && word.len() < 16
        {
            // An id of digits without quotation marks is meant as text as well.
            return Ok(match operator {
                Operator::Eq | Operator::Ne => Json::String(word.to_owned()),
                _ => Json::Number(number),
            });
        }
        // Entra's documents show one without quotation marks.
        match operator {
            Operator::Eq => Ok(Json::String(word.to_owned())),
            _ => Err(bad()),
        }
    }
}

/// Where a quoted text ends.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn user() -> Json {
        json!({
            "id": "A1", "userName": "Elin@Example.org", "externalId": "Ext-1", "active": true,
            "name": {"givenName": "Elin"},
            "emails": [{"type": "work", "value": "elin@example.org", "primary": true},
                {"type": "home", "value": "e@home.example"}],
            ENTERPRISE: {"department": "Physics", "manager": {"value": "M1"}},
        })
    }

    fn holds(text: &str) -> bool {
        Filter::parse(text).unwrap().matches(&user())
    }

    #[test]
    fn filters_of_both_vendors_are_understood() {
        for text in [
            r#"userName eq "elin@example.org""#,
            r#"USERNAME EQ "ELIN@example.org""#,
            "externalId eq Ext-1",
            r#"emails[type eq "work"].value eq "Elin@example.org""#,
            r#"id eq "A1" and manager eq "x" or active eq true"#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "elin""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "physics""#,
            r#"not (userName eq "other") and name.givenName pr"#,
            r#"emails[type eq "work" and value co "elin"]"#,
            "active eq True",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in [
            r#"externalId eq "ext-1""#,
            r#"id eq "a1""#,
            r#"emails[type eq "home"].value eq "elin@example.org""#,
            r#"userName eq """#,
            "nickName pr",
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let deep = format!("{}userName pr{}", "(".repeat(20), ")".repeat(20));
        let long = format!("userName eq \"{}\"", "a".repeat(3_000));
        for text in [
            "",
            "userName",
            "userName eq",
            r#"userName eq "a" and"#,
            r#"userName eq "a""#.trim_end_matches('"'),
            r#"userName like "a""#,
            r#"(userName eq "a""#,
            r#"userName eq "a") or userName pr"#,
            r#"emails[type eq "work".value eq "a""#,
            "userName gt elin",
            "\u{1f600} eq 1",
            &deep,
            &long,
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
