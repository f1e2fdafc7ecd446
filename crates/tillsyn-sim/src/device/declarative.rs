//! Declarative management as the device does it: tokens, items, declarations, status.
// Apple, "Integrating declarative management"; Apple schema declarative/protocol

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value as Json, json};
use tillsyn_apple::checkin::DeclarativeManagement;

use super::Device;
use crate::network::Reply;
use crate::{Rule, SimError, Violation};

const STEP: &str = DeclarativeManagement::MESSAGE_TYPE;
/// Array of the manifest, and the word in `declaration/<word>/<identifier>`.
const KINDS: [(&str, &str); 4] = [
    ("Activations", "activation"),
    ("Assets", "asset"),
    ("Configurations", "configuration"),
    ("Management", "management"),
];
/// Octets. Apple schema declarative/declarations/declarationbase.yaml
const MAX_IDENTIFIER: usize = 64;
const MAX_DECLARATIONS_TOKEN: usize = 256;
/// A set that changes again and again while it is fetched is left for the next push.
const MAX_ROUNDS: usize = 3;

/// What a channel holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Declared {
    pub(crate) begun: bool,
    pub(crate) token: Option<String>,
    /// By kind and identifier.
    pub(crate) declarations: BTreeMap<(String, String), Declaration>,
}

/// A declaration on the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    pub kind: String,
    pub identifier: String,
    pub server_token: String,
    /// `com.apple.configuration.…` and so on.
    pub declaration_type: String,
    pub payload: Json,
}

struct Items {
    token: String,
    /// Kind, identifier, server token.
    items: Vec<(String, String, String)>,
}

impl Device {
    /// The declarations that a channel holds.
    pub fn declarations(&self, channel: usize) -> Vec<Declaration> {
        let channel = self.channels.get(channel);
        let all = channel.map(|c| c.declared.declarations.values().cloned().collect());
        all.unwrap_or_default()
    }

    /// Fetches what changed, applies it, reports. `data` came with the command.
    pub(crate) async fn synchronise(
        &mut self,
        channel: usize,
        data: Option<&[u8]>,
    ) -> Result<(), SimError> {
        let mut known = match data {
            Some(data) => Some(self.note(tokens_of(data).map_err(SimError::from))?),
            None => None,
        };
        let first_time = !std::mem::replace(&mut self.channel_mut(channel)?.declared.begun, true);
        for round in 1..=MAX_ROUNDS {
            let token = match known.take() {
                Some(token) => token,
                None => self.declaration_tokens(channel).await?,
            };
            if self.channel_ref(channel)?.declared.token.as_ref() == Some(&token) {
                break;
            }
            let items = self.declaration_items(channel).await?;
            let fetched = self.fetch_changed(channel, &items).await?;
            if items.token == token && fetched.is_some() {
                let declared = &mut self.channel_mut(channel)?.declared;
                declared.token = Some(token);
                declared.declarations = fetched.unwrap_or_default();
                return self.send_status(channel, true).await;
            }
            // The set may have moved meanwhile; then the tokens say so, too.
            let now = self.declaration_tokens(channel).await?;
            if now == token {
                let detail = if items.token == token {
                    "a declaration's ServerToken is not the manifest's though nothing changed"
                } else {
                    "tokens and declaration-items name different tokens though nothing changed"
                };
                self.record(Violation::new(Rule::DeclarationToken, detail));
                return Ok(());
            }
            if round < MAX_ROUNDS {
                known = Some(now);
            }
        }
        if first_time {
            self.send_status(channel, true).await?;
        }
        Ok(())
    }

    /// The exchange without a command, as after a push-less look of the device itself.
    pub async fn synchronise_declarations(&mut self, channel: usize) -> Result<(), SimError> {
        self.synchronise(channel, None).await
    }

    /// `tokens`: the token of the whole set.
    pub async fn declaration_tokens(&mut self, channel: usize) -> Result<String, SimError> {
        let reply = self.declarative(channel, "tokens", None).await?;
        let body = self.json(&reply, "tokens");
        let body = self.note(body)?;
        self.note(tokens_in(&body).map_err(SimError::from))
    }

    async fn declaration_items(&mut self, channel: usize) -> Result<Items, SimError> {
        let reply = self.declarative(channel, "declaration-items", None).await?;
        let body = self.json(&reply, "declaration-items");
        let body = self.note(body)?;
        let items = read_items(&body);
        self.note(items.map_err(SimError::from))
    }

    /// `None` when a declaration carries another token than the manifest said.
    async fn fetch_changed(
        &mut self,
        channel: usize,
        items: &Items,
    ) -> Result<Option<BTreeMap<(String, String), Declaration>>, SimError> {
        let old = self.channel_ref(channel)?.declared.declarations.clone();
        let mut new = BTreeMap::new();
        for (kind, identifier, server_token) in &items.items {
            let place = (kind.clone(), identifier.clone());
            if let Some(same) = old.get(&place).filter(|d| d.server_token == *server_token) {
                new.insert(place, same.clone());
                continue;
            }
            let endpoint = format!("declaration/{kind}/{identifier}");
            let reply = self.declarative(channel, &endpoint, None).await?;
            if reply.status == StatusCode::NOT_FOUND {
                // Gone meanwhile: the device drops it and goes on.
                continue;
            }
            let body = self.json(&reply, "declaration");
            let body = self.note(body)?;
            let declaration = read_declaration(&body, kind, identifier);
            let declaration = self.note(declaration.map_err(SimError::from))?;
            if declaration.server_token != *server_token {
                return Ok(None);
            }
            new.insert(place, declaration);
        }
        Ok(Some(new))
    }

    /// A status report: everything, or what changed.
    pub async fn send_status(&mut self, channel: usize, full: bool) -> Result<(), SimError> {
        let mut management: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
        for (list, _) in KINDS {
            management.insert(list, Vec::new());
        }
        for declaration in self.declarations(channel) {
            let list = KINDS.iter().find(|(_, word)| *word == declaration.kind);
            let Some((list, _)) = list else { continue };
            // Management declarations are never active.
            let active = declaration.kind != "management";
            management.entry(list).or_default().push(json!({
                "identifier": declaration.identifier,
                "server-token": declaration.server_token,
                "active": active,
                "valid": "valid",
            }));
        }
        let declarations: Map<String, Json> = management
            .into_iter()
            .map(|(list, items)| (list.to_ascii_lowercase(), Json::Array(items)))
            .collect();
        let config = &self.config;
        let family = if config.kind.is_mac() { "macOS" } else { "iOS" };
        let mut report = json!({
            "StatusItems": {
                "device": {
                    "model": { "identifier": config.model.product_name },
                    "operating-system": {
                        "version": config.os_version,
                        "build-version": config.build_version,
                        "family": family,
                    },
                },
                "management": {
                    "declarations": declarations,
                    "client-capabilities": {
                        "supported-versions": ["1.0.0"],
                        "supported-features": {},
                        "supported-payloads": {
                            "declarations": {
                                "activations": ["com.apple.activation.simple"],
                                "assets": ["com.apple.asset.data"],
                                "configurations": ["com.apple.configuration.management.test"],
                                "management": ["com.apple.management.properties"],
                            },
                            "status-items": ["device.model.identifier"],
                        },
                    },
                },
            },
            "Errors": [],
        });
        if full && let Some(report) = report.as_object_mut() {
            report.insert("FullReport".into(), true.into());
        }
        self.send_report(channel, report.to_string().into_bytes())
            .await
    }

    async fn send_report(&mut self, channel: usize, body: Vec<u8>) -> Result<(), SimError> {
        let reply = self.declarative(channel, "status", Some(body)).await?;
        if reply.status == StatusCode::OK {
            self.expect_no_body("a status report", &reply);
            return Ok(());
        }
        let detail = format!(
            "a status report: 200 expected, got {}",
            reply.status.as_u16()
        );
        self.note(Err(Violation::new(Rule::DeclarativeStatus, detail).into()))
    }

    /// A report that is no JSON must be refused with 400: at anything in the five hundreds a
    /// device would send it again for ever. And an unknown declaration is 404.
    pub async fn probe_declarative(&mut self) -> Result<(), SimError> {
        let asked = [
            ("status", Some(b"{\"StatusItems\":".to_vec()), 400),
            ("declaration/configuration/no-such-declaration", None, 404),
        ];
        for (endpoint, data, expected) in asked {
            let reply = self.declarative(0, endpoint, data).await?;
            if reply.status.as_u16() != expected {
                let got = reply.status.as_u16();
                let detail = format!("{endpoint}: {expected} expected, got {got}");
                self.record(Violation::new(Rule::DeclarativeStatus, detail));
            }
        }
        Ok(())
    }

    async fn declarative(
        &mut self,
        channel: usize,
        endpoint: &str,
        data: Option<Vec<u8>>,
    ) -> Result<Reply, SimError> {
        let channel = self.channel_ref(channel)?;
        let name = channel.name.clone();
        let message = DeclarativeManagement {
            ids: channel.ids.clone(),
            endpoint: endpoint.to_owned(),
            data,
        };
        self.check_in_answered(STEP, &name, message.to_plist())
            .await
    }

    fn json(&mut self, reply: &Reply, endpoint: &str) -> Result<Json, SimError> {
        let breach = |detail| SimError::from(Violation::new(Rule::DeclarativeFormat, detail));
        if reply.status != StatusCode::OK {
            let status = reply.status.as_u16();
            return Err(breach(format!("{endpoint}: 200 expected, got {status}")));
        }
        if reply.media_type() != "application/json" {
            let kind = reply.media_type();
            let detail = format!("{endpoint}: application/json expected, got `{kind}`");
            self.record(Violation::new(Rule::DeclarativeFormat, detail));
        }
        serde_json::from_slice(&reply.body).map_err(|error| breach(format!("{endpoint}: {error}")))
    }
}

fn format_breach(detail: &str) -> Violation {
    Violation::new(Rule::DeclarativeFormat, detail)
}

fn tokens_of(data: &[u8]) -> Result<String, Violation> {
    let body = serde_json::from_slice(data)
        .map_err(|_| format_breach("the command's Data is not JSON"))?;
    tokens_in(&body)
}

fn tokens_in(body: &Json) -> Result<String, Violation> {
    let tokens = body.get("SyncTokens");
    let text = |key| tokens.and_then(|t| t.get(key)).and_then(Json::as_str);
    let token = text("DeclarationsToken")
        .filter(|token| (1..=MAX_DECLARATIONS_TOKEN).contains(&token.len()))
        .ok_or_else(|| format_breach("SyncTokens without a usable DeclarationsToken"))?;
    // RFC 3339, whole seconds, in UTC.
    let stamp = text("Timestamp").unwrap_or_default();
    let shape: String = stamp
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    if shape != "0000-00-00T00:00:00Z" {
        return Err(format_breach(
            "Timestamp is not of the form 2026-01-02T03:04:05Z",
        ));
    }
    Ok(token.to_owned())
}

fn read_items(body: &Json) -> Result<Items, Violation> {
    let token = body.get("DeclarationsToken").and_then(Json::as_str);
    let token =
        token.ok_or_else(|| format_breach("declaration-items without DeclarationsToken"))?;
    let mut items = Vec::new();
    for (list, word) in KINDS {
        let listed = body
            .get("Declarations")
            .and_then(|d| d.get(list))
            .and_then(Json::as_array);
        let Some(listed) = listed else {
            let detail = format!("declaration-items has no array {list}");
            return Err(Violation::new(Rule::DeclarationItems, detail));
        };
        for item in listed {
            let text = |key| {
                item.get(key)
                    .and_then(Json::as_str)
                    .filter(|text| (1..=MAX_IDENTIFIER).contains(&text.len()))
                    .map(str::to_owned)
                    .ok_or_else(|| {
                        let detail = format!("an item of {list} without a usable {key}");
                        Violation::new(Rule::DeclarationItems, detail)
                    })
            };
            items.push((word.to_owned(), text("Identifier")?, text("ServerToken")?));
        }
    }
    Ok(Items {
        token: token.to_owned(),
        items,
    })
}

fn read_declaration(body: &Json, kind: &str, identifier: &str) -> Result<Declaration, Violation> {
    let breach = |detail: String| Violation::new(Rule::Declaration, detail);
    let text = |key: &str| {
        let text = body.get(key).and_then(Json::as_str);
        text.ok_or_else(|| breach(format!("a declaration without {key}")))
    };
    if text("Identifier")? != identifier {
        return Err(breach("another declaration than was asked for".into()));
    }
    let declaration_type = text("Type")?;
    if !declaration_type.starts_with(&format!("com.apple.{kind}.")) {
        return Err(breach(format!("`{declaration_type}` is no {kind}")));
    }
    let payload = body.get("Payload").filter(|payload| payload.is_object());
    Ok(Declaration {
        kind: kind.to_owned(),
        identifier: identifier.to_owned(),
        server_token: text("ServerToken")?.to_owned(),
        declaration_type: declaration_type.to_owned(),
        payload: payload
            .ok_or_else(|| breach("a declaration without Payload".into()))?
            .clone(),
    })
}
