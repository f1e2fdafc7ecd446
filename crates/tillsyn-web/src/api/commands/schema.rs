//! The description of a command, made from the catalogue.

use tillsyn_core::commands::{CommandType, Item, Parameter, ParameterKind as Kind};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Discriminator, KnownFormat, ObjectBuilder, OneOfBuilder,
    Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use super::body::Command;

impl PartialSchema for Command {
    fn schema() -> RefOr<Schema> {
        let raw = tagged("type", "Raw", &[])
            .description(Some(
                "A command as a property list. What it is decides what it needs: a raw EraseDevice is an \
                 erase; a type that is not in this list needs `commands.raw`.",
            ))
            .property("plist", ObjectBuilder::new().schema_type(Type::String))
            .required("plist");
        let types = CommandType::all().iter().fold(
            OneOfBuilder::new()
                .description(Some(
                    "What to ask of a device; `type` is Apple's RequestType.",
                ))
                .discriminator(Some(Discriminator::new("type"))),
            |one, kind| one.item(tagged("type", kind.name, kind.parameters)),
        );
        types.item(raw).into()
    }
}

impl ToSchema for Command {}

/// An object that says by one word what its other properties are.
fn tagged(tag: &str, word: &str, parameters: &'static [Parameter]) -> ObjectBuilder {
    let constant = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([word]));
    with(
        ObjectBuilder::new()
            .title(Some(word))
            .property(tag, constant)
            .required(tag),
        parameters,
    )
}

fn with(mut object: ObjectBuilder, parameters: &'static [Parameter]) -> ObjectBuilder {
    for parameter in parameters {
        object = object.property(parameter.name, property(parameter));
        if parameter.required {
            object = object.required(parameter.name);
        }
    }
    object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn property(parameter: &'static Parameter) -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let plain = match &parameter.kind {
        Kind::Text | Kind::Password => text(),
        Kind::Flag => ObjectBuilder::new().schema_type(Type::Boolean),
        Kind::Integer { min, max } => ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(*min))
            .maximum(Some(*max)),
        Kind::Data => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Byte))),
        Kind::Choice(words) => text().enum_values(Some(words.iter().copied())),
        Kind::NumberChoice(numbers) => ObjectBuilder::new()
            .schema_type(Type::Integer)
            .enum_values(Some(numbers.iter().copied())),
        Kind::Object(parts) => with(ObjectBuilder::new(), parts),
        Kind::Free => ObjectBuilder::new(),
        Kind::Texts => return list(text().into()),
        Kind::Objects(parts) => return list(with(ObjectBuilder::new(), parts).into()),
        Kind::Items(items) => return list(one_of(items)),
    };
    if parameter.secret {
        plain.write_only(true).into()
    } else {
        plain.into()
    }
}

fn list(item: RefOr<Schema>) -> RefOr<Schema> {
    ArrayBuilder::new().items(item).into()
}

fn one_of(items: &'static [Item]) -> RefOr<Schema> {
    let one = OneOfBuilder::new().discriminator(Some(Discriminator::new("item")));
    items
        .iter()
        .fold(one, |one, item| {
            one.item(tagged("item", item.name, item.parameters))
        })
        .into()
}
