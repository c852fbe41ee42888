//! Results that are JSON already. The service makes a tree of every result, which takes longer than a large one took to
//! find: so such a one is left here, a note goes through the service in its place, and on the way out the two are changed
//! back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

/// What the notes begin with. No other result is a string.
const NOTE: &str = "rutter:aside:";
/// In bytes: within so many a reply begins with its result.
const HEAD: usize = 64;

/// Where results are left.
#[derive(Clone, Debug, Default)]
pub(in crate::lsp) struct Aside(Arc<Mutex<Left>>);

#[derive(Debug, Default)]
struct Left {
    results: HashMap<String, String>,
    count: u64,
}

impl Aside {
    /// Leaves a result; the note is to be returned at once.
    pub fn leave(&self, result: String) -> Value {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.count += 1;
        let note = format!("{NOTE}{}", left.count);
        left.results.insert(note.clone(), result);
        Value::String(note)
    }

    /// A reply with the result in the place of the note, if it has one.
    pub fn taken_into(&self, body: Vec<u8>) -> Vec<u8> {
        if memchr::memmem::find(&body[..body.len().min(HEAD)], NOTE.as_bytes()).is_none() {
            return body;
        }
        let Ok(reply) = serde_json::from_slice::<Value>(&body) else { return body };
        let Some(note) = reply["result"].as_str() else { return body };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(result) = left.results.remove(note) else { return body };
        let mut whole = Vec::with_capacity(result.len() + body.len());
        whole.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"result\":");
        whole.extend_from_slice(result.as_bytes());
        whole.extend_from_slice(format!(",\"id\":{}}}", json!(reply["id"])).as_bytes());
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_comes_back_for_its_note() {
        let aside = Aside::default();
        let (one, two) = (aside.leave("[1]".to_owned()), aside.leave("[2]".to_owned()));
        let reply = |result: &Value, id: Value| json!({"jsonrpc": "2.0", "result": result, "id": id}).to_string();
        let taken = |body: String| String::from_utf8(aside.taken_into(body.into_bytes())).expect("it is JSON");
        assert_eq!(taken(reply(&two, json!("a\"b"))), r#"{"jsonrpc":"2.0","result":[2],"id":"a\"b"}"#);
        let long = "x".repeat(2 * HEAD);
        assert_eq!(taken(reply(&one, json!(long))), format!(r#"{{"jsonrpc":"2.0","result":[1],"id":"{long}"}}"#));
        let other = reply(&one, json!(1));
        assert_eq!(taken(other.clone()), other, "it was taken");
    }
}
