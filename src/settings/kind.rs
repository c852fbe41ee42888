//! The types of settings: what a value may be, and in which form it is kept.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::{fault::nearest, layer::Layer};
use crate::{
    index::{self, check_glob},
    languages,
};

/// A word of several.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub name: &'static str,
    pub says: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`
    Switch,
    /// One of these words.
    Choice(&'static [Word]),
    /// For each language, by its name, one of these words.
    ByLanguage(&'static [Word]),
    /// A list of patterns as in `.gitignore`.
    Globs,
    /// A number of bytes, or a text such as `"4M"`; kept as a number.
    Size,
    /// From 0 to this.
    Count(u64),
    /// An absolute path; `~` for the home directory.
    Directory,
}

/// More patterns than anybody writes would slow each walk down.
const MOST_GLOBS: usize = 1000;
/// The repository's own file may ask for no more: it may be anybody's.
const LARGEST_BY_ROOT: u64 = 64 << 20;

/// What is wrong with a value, or with this part of it.
#[derive(Debug)]
pub struct Wrong {
    pub at: String,
    pub cause: String,
    pub help: Option<String>,
}

impl Wrong {
    fn new(cause: String) -> Self {
        Wrong { at: String::new(), cause, help: None }
    }

    fn expected(what: &str, value: &Value) -> Self {
        Wrong::new(format!("{what} is expected, and this is {}", shown(value)))
    }

    fn at(mut self, place: &str) -> Self {
        self.at.insert_str(0, place);
        self
    }
}

impl Kind {
    /// The value in the form in which it is kept, without the parts of it that are wrong; nothing where all of it is.
    pub fn check(&self, value: &Value, layer: Layer, wrong: &mut Vec<Wrong>) -> Option<Value> {
        let checked = match self {
            Kind::Switch => value.as_bool().map(Value::Bool).ok_or_else(|| Wrong::expected("true or false", value)),
            Kind::Choice(words) => choice(words, value),
            Kind::ByLanguage(words) => by_language(words, value, wrong),
            Kind::Globs => globs(value, wrong),
            Kind::Size => bytes(value, layer).map(Value::from),
            Kind::Count(most) => match value.as_u64() {
                Some(count) if count <= *most => Ok(Value::from(count)),
                _ => Err(Wrong::expected(&format!("a whole number from 0 to {most}"), value)),
            },
            Kind::Directory => directory(value),
        };
        checked.map_err(|fault| wrong.push(fault)).ok()
    }

    /// For people.
    pub fn name(&self) -> String {
        match self {
            Kind::Switch => "`true` or `false`".to_owned(),
            Kind::Choice(words) => words_of(words, "`", " or "),
            Kind::ByLanguage(words) => format!("a table: language = {}", words_of(words, "`", " or ")),
            Kind::Globs => "a list of patterns".to_owned(),
            Kind::Size => "bytes, or a text with K, M or G".to_owned(),
            Kind::Count(most) => format!("a number up to {most}"),
            Kind::Directory => "an absolute path, or one from `~`".to_owned(),
        }
    }

    /// As JSON Schema.
    pub fn schema(&self) -> Value {
        let words = |words: &[Word]| {
            let names: Vec<_> = words.iter().map(|word| word.name).collect();
            let says: Vec<_> = words.iter().map(|word| word.says).collect();
            json!({"type": "string", "enum": names, "enumDescriptions": says})
        };
        match self {
            Kind::Switch => json!({"type": "boolean"}),
            Kind::Choice(of) => words(of),
            Kind::ByLanguage(of) => {
                let properties: Map<String, Value> =
                    languages::all().iter().map(|language| (language.name.to_owned(), words(of))).collect();
                json!({"type": "object", "properties": properties, "additionalProperties": false})
            }
            Kind::Globs => json!({"type": "array", "items": {"type": "string"}, "maxItems": MOST_GLOBS}),
            Kind::Size => json!({
                "type": ["integer", "string"],
                "minimum": 0,
                "maximum": index::Settings::LARGEST_FILE_SIZE,
                "pattern": "^[0-9]+ *([Bb]|[KkMmGg]([Ii]?[Bb])?)?$",
            }),
            Kind::Count(most) => json!({"type": "integer", "minimum": 0, "maximum": most}),
            Kind::Directory => json!({"type": ["string", "null"]}),
        }
    }
}

fn words_of(words: &[Word], quote: &str, between: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{quote}{}{quote}", word.name)).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{}{between}{last}", before.join(", ")),
        None => String::new(),
    }
}

fn choice(words: &[Word], value: &Value) -> Result<Value, Wrong> {
    let Some(text) = value.as_str() else {
        return Err(Wrong::expected(&format!("one of {}", words_of(words, "\"", " and ")), value));
    };
    if words.iter().any(|word| word.name == text) {
        return Ok(value.clone());
    }
    let help = match nearest(text, words.iter().map(|word| word.name)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("there are {}", words_of(words, "\"", " and ")),
    };
    Err(Wrong { help: Some(help), ..Wrong::new(format!("there is no {}", quoted(text))) })
}

fn by_language(words: &[Word], value: &Value, wrong: &mut Vec<Wrong>) -> Result<Value, Wrong> {
    let Some(table) = value.as_object() else {
        return Err(Wrong::expected("a table by languages", value));
    };
    let mut taken = Map::new();
    for (name, value) in table.iter().filter(|(_, value)| !value.is_null()) {
        let place = format!(".{name}");
        match languages::by_name(name) {
            Some(language) => match choice(words, value) {
                Ok(value) => _ = taken.insert(language.name.to_owned(), value),
                Err(fault) => wrong.push(fault.at(&place)),
            },
            None => {
                let names = || languages::all().iter().map(|language| language.name);
                let help = match nearest(name, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
                };
                let fault = Wrong { help: Some(help), ..Wrong::new("there is no such language".to_owned()) };
                wrong.push(fault.at(&place));
            }
        }
    }
    Ok(Value::Object(taken))
}

fn globs(value: &Value, wrong: &mut Vec<Wrong>) -> Result<Value, Wrong> {
    let Some(list) = value.as_array() else { return Err(Wrong::expected("a list of patterns", value)) };
    if list.len() > MOST_GLOBS {
        return Err(Wrong::new(format!("{} patterns, and at most {MOST_GLOBS} are taken", list.len())));
    }
    let mut taken = Vec::new();
    for (at, value) in list.iter().enumerate() {
        let checked = match value.as_str() {
            Some(glob) => check_glob(glob).map_err(|cause| Wrong::new(format!("`{glob}` is no pattern: {cause}"))),
            None => Err(Wrong::expected("a text", value)),
        };
        match checked {
            Ok(()) => taken.push(value.clone()),
            Err(fault) => wrong.push(fault.at(&format!("[{at}]"))),
        }
    }
    Ok(Value::Array(taken))
}

fn bytes(value: &Value, layer: Layer) -> Result<u64, Wrong> {
    let bytes = match value {
        Value::String(text) => size(text).map_err(Wrong::new)?,
        Value::Number(number) => match number.as_u64() {
            Some(bytes) if bytes <= index::Settings::LARGEST_FILE_SIZE => bytes,
            _ => return Err(Wrong::expected("a number of bytes from 0 to 1G", value)),
        },
        other => return Err(Wrong::expected("a number of bytes, or a text such as \"4M\",", other)),
    };
    if layer == Layer::RootFile && bytes > LARGEST_BY_ROOT {
        let cause = format!("a workspace may ask for at most {}M by itself", LARGEST_BY_ROOT >> 20);
        return Err(Wrong { help: Some("the user may set more".to_owned()), ..Wrong::new(cause) });
    }
    Ok(bytes)
}

/// `4194304`, `4096K`, `4M`, `4MiB`, as a number of bytes.
pub fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => {
            let unit = text[digits.len()..].trim();
            return Err(format!("`{unit}` is no unit of size: give bytes, or K, M or G"));
        }
    };
    let number: u64 = digits.parse().map_err(|_| "give a number of bytes, or one with K, M or G".to_owned())?;
    let bytes = number.checked_mul(1 << shift).ok_or("this is more than any file holds")?;
    if bytes > index::Settings::LARGEST_FILE_SIZE { Err("at most 1G".to_owned()) } else { Ok(bytes) }
}

fn directory(value: &Value) -> Result<Value, Wrong> {
    let Some(text) = value.as_str() else { return Err(Wrong::expected("a path as a text", value)) };
    let path = match text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        Some(rest) => {
            let home = etcetera::home_dir().map_err(|fault| Wrong::new(fault.to_string()))?;
            home.join(rest.trim_start_matches('/'))
        }
        None => PathBuf::from(text),
    };
    match path.to_str() {
        Some(path) if path.starts_with('/') || PathBuf::from(path).is_absolute() => Ok(Value::from(path)),
        _ => Err(Wrong::new(format!("{} is no absolute path", quoted(text)))),
    }
}

/// A value as messages show it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {}", quoted(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    }
}

/// A text from a file that may be anybody's: cut, and without control characters.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut start: String = text.chars().take(LONGEST).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    format!("{start:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("100"), Ok(100));
        assert_eq!(size("4M"), Ok(4 << 20));
        assert_eq!(size("512 KiB"), Ok(512 << 10));
        for wrong in ["", "M", "4X", "-1", "2G", "99999999999999999999", "9999999999999G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_is_absolute_or_from_home() {
        let home = etcetera::home_dir().unwrap();
        assert_eq!(directory(&json!("~/x")).ok(), home.join("x").to_str().map(Value::from));
        assert_eq!(directory(&json!("/x")).ok(), Some(json!("/x")));
        for wrong in [json!("x"), json!("~me/x"), json!(""), json!(3)] {
            assert!(directory(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_file_says_reaches_no_terminal_raw() {
        assert_eq!(quoted("a\u{1b}[2J"), "\"a\\u{1b}[2J\"");
        assert!(quoted(&"x".repeat(500)).chars().count() < 70);
    }
}
