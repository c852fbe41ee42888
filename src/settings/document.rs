//! The table of settings for others: as a JSON schema, and as Markdown.

use serde_json::{Map, Value, json};

use super::{
    kind::Kind,
    layer::Layer,
    table::{Effect, Setting, all},
};

/// A JSON schema of all settings, for editors and for whatever reads `rutter.toml`. `x-rutter-places` of a setting lists where
/// it may be given.
pub fn schema() -> Value {
    let properties: Map<String, Value> =
        all().iter().map(|setting| (setting.key.to_owned(), property(setting))).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of rutter",
        "description": "As rutter.toml has them, initializationOptions, and the section `rutter` of an editor's settings.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(setting: &Setting) -> Value {
    let mut property = setting.kind.schema();
    property["default"] = setting.default_value();
    property["description"] = Value::from(setting.says.replace('`', ""));
    property["markdownDescription"] = Value::from(setting.says);
    property["x-rutter-places"] = setting.layers.iter().map(|layer| code(*layer)).collect();
    property
}

/// For programs.
fn code(layer: Layer) -> &'static str {
    match layer {
        Layer::UserFile => "user_file",
        Layer::RootFile => "root_file",
        Layer::InitializationOptions => "initialization_options",
        Layer::Configuration => "configuration",
        Layer::CommandLine => "command_line",
    }
}

/// A table for people.
pub fn markdown() -> String {
    let mut out =
        "| setting | values | default | what it does | where, beside files and editors |\n|---|---|---|---|---|\n"
            .to_owned();
    for setting in all() {
        let default = match setting.default_text() {
            "null" => "",
            text => &format!("`{text}`"),
        };
        let Setting { key, kind, .. } = setting;
        let says = says(setting);
        out += &format!("| `{key}` | {} | {default} | {says} | {} |\n", kind.name(), place(setting));
    }
    out
}

/// What a setting does, with the meaning of each word that it may have.
fn says(setting: &Setting) -> String {
    let Kind::Choice(words) = setting.kind else { return setting.says.to_owned() };
    let words = words.iter().map(|word| format!(" `{}`: {}", word.name, word.says));
    std::iter::once(setting.says.to_owned()).chain(words).collect()
}

/// What of the places is worth a word.
fn place(setting: &Setting) -> String {
    let mut parts = Vec::new();
    parts.extend(setting.flag.map(|flag| format!("`{flag}`")));
    let allowed = |layer| setting.layers.contains(&layer);
    if !allowed(Layer::UserFile) {
        parts.push("not in files".to_owned());
    } else if !allowed(Layer::RootFile) {
        parts.push("not in the workspace's file".to_owned());
    }
    if setting.takes_effect == Effect::AtStart {
        parts.push("taken at the server's start".to_owned());
    }
    parts.join("; ")
}
