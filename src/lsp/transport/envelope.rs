//! Is a body a JSON-RPC message that may be handed on? The service behind would end its loop over one that is not.

use serde_json::{Map, Value, json};

pub(super) const PARSE_ERROR: i64 = -32700;
pub(super) const INVALID_REQUEST: i64 = -32600;
pub(super) const METHOD_NOT_FOUND: i64 = -32601;
pub(super) const NOT_INITIALIZED: i64 = -32002;

/// A message in good form.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    Request {
        id: Value,
        method: String,
        params: Option<Value>,
    },
    Notification {
        method: String,
        params: Option<Value>,
    },
    /// The client's answer to a request of ours.
    Response {
        id: Value,
        outcome: Result<Value, Value>,
    },
}

/// What is answered to a body that is no message. A fault in what the client answers is not answered.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub id: Value,
    pub code: i64,
    pub message: String,
}

impl Refusal {
    pub fn new(id: Value, code: i64, message: impl Into<String>) -> Self {
        Refusal { id, code, message: message.into() }
    }

    pub fn into_body(self) -> Vec<u8> {
        let error = json!({"code": self.code, "message": self.message});
        json!({"jsonrpc": "2.0", "id": self.id, "error": error}).to_string().into_bytes()
    }
}

impl Message {
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|fault| Refusal::new(Value::Null, PARSE_ERROR, format!("not JSON: {fault}")))?;
        let mut fields = match value {
            Value::Object(fields) => fields,
            Value::Array(_) => {
                let message = "a batch: send one message a frame";
                return Err(Refusal::new(Value::Null, INVALID_REQUEST, message));
            }
            _ => return Err(Refusal::new(Value::Null, INVALID_REQUEST, "not a JSON object")),
        };
        let id = fields.remove("id").map(checked_id).transpose()?;
        let refuse = |message: &str| Refusal::new(id.clone().unwrap_or_default(), INVALID_REQUEST, message);
        if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(refuse("`jsonrpc` is not \"2.0\""));
        }
        match (fields.remove("method"), id.clone()) {
            (Some(Value::String(method)), id) => {
                let params = match fields.remove("params") {
                    None | Some(Value::Null) => None,
                    Some(params @ (Value::Object(_) | Value::Array(_))) => Some(params),
                    Some(_) => return Err(refuse("`params` is neither an object nor an array")),
                };
                let params = fitting_params(&method, params);
                Ok(match id {
                    Some(id) => Message::Request { id, method, params },
                    None => Message::Notification { method, params },
                })
            }
            (Some(_), _) => Err(refuse("`method` is not a string")),
            (None, Some(id)) => match (fields.remove("result"), fields.remove("error")) {
                (_, Some(error @ Value::Object(_))) => Ok(Message::Response { id, outcome: Err(plain_error(error)) }),
                (Some(result), _) => Ok(Message::Response { id, outcome: Ok(result) }),
                (None, _) => Err(refuse("neither `method` nor `result` nor `error`")),
            },
            (None, None) => Err(refuse("neither `method` nor `id`")),
        }
    }

    /// As the service reads it: these fields and no others.
    pub fn into_body(self) -> Vec<u8> {
        let mut fields = Map::new();
        fields.insert("jsonrpc".to_owned(), Value::from("2.0"));
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        match self {
            Message::Request { id, method, params } => {
                set("id", Some(id));
                set("method", Some(method.into()));
                set("params", params);
            }
            Message::Notification { method, params } => {
                set("method", Some(method.into()));
                set("params", params);
            }
            Message::Response { id, outcome } => {
                set("id", Some(id));
                match outcome {
                    Ok(result) => set("result", Some(result)),
                    Err(error) => set("error", Some(error)),
                }
            }
        }
        Value::Object(fields).to_string().into_bytes()
    }
}

/// A string, or an integer that fits 64 bits.
fn checked_id(id: Value) -> Result<Value, Refusal> {
    if id.is_string() || id.is_i64() {
        return Ok(id);
    }
    Err(Refusal::new(Value::Null, INVALID_REQUEST, "`id` is neither a string nor an integer"))
}

/// Clients differ in what they send where there is nothing to say; the service is strict about it.
fn fitting_params(method: &str, params: Option<Value>) -> Option<Value> {
    match method {
        "shutdown" | "exit" => None,
        "initialized" => Some(json!({})),
        _ => params,
    }
}

/// An error of the client's with the fields and types that it has to have.
fn plain_error(error: Value) -> Value {
    let code = error.get("code").and_then(Value::as_i64).unwrap_or(-32603);
    let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
    json!({"code": code, "message": message})
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(body: &str) -> (Value, i64) {
        match Message::read(body.as_bytes()) {
            Err(refusal) => (refusal.id, refusal.code),
            Ok(message) => panic!("{body} was taken as {message:?}"),
        }
    }

    #[test]
    fn refuses_what_is_no_message() {
        for body in ["", "{", "\u{1}", r#"{"jsonrpc":"2.0","method":"a\ud800"}"#, &"[".repeat(100_000)] {
            assert_eq!(refused(body), (Value::Null, PARSE_ERROR), "{body:.40}");
        }
        for body in [
            "1",
            "[]",
            "{}",
            r#"[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"shutdown"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"shutdown"}"#,
            r#"{"jsonrpc":"2.0","id":99999999999999999999,"method":"shutdown"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"shutdown"}"#,
            r#"{"jsonrpc":"2.0","method":7}"#,
        ] {
            assert_eq!(refused(body), (Value::Null, INVALID_REQUEST), "{body}");
        }
        for body in [
            r#"{"jsonrpc":"1.0","id":3,"method":"a"}"#,
            r#"{"id":3,"method":"a"}"#,
            r#"{"jsonrpc":"2.0","id":3,"method":["a"]}"#,
            r#"{"jsonrpc":"2.0","id":3,"method":"a","params":"b"}"#,
            r#"{"jsonrpc":"2.0","id":3}"#,
        ] {
            assert_eq!(refused(body), (Value::from(3), INVALID_REQUEST), "{body}");
        }
    }

    #[test]
    fn puts_harmless_differences_straight() {
        let read = |body: &str| Message::read(body.as_bytes()).expect("a message");
        let shutdown = read(r#"{"jsonrpc":"2.0","id":"x","method":"shutdown","params":{}}"#);
        assert_eq!(shutdown, Message::Request { id: "x".into(), method: "shutdown".into(), params: None });
        let error = read(r#"{"jsonrpc":"2.0","id":1,"error":{"code":"odd"},"result":null}"#);
        assert_eq!(error, Message::Response { id: 1.into(), outcome: Err(json!({"code": -32603, "message": ""})) });
    }

    proptest! {
        /// What is handed on can be read by the service.
        #[test]
        fn what_is_not_refused_is_understood(body in r#"\{("jsonrpc":"2\.0",)?("(id|method|params|result|error)":("a"|1|1e9|\{\}|\[\]|null|true),){0,3}"id":(1|"x"|null)\}"#) {
            let Ok(message) = Message::read(body.as_bytes()) else { return Ok(()) };
            let is_response = matches!(message, Message::Response { .. });
            let written = message.into_body();
            let understood = if is_response {
                serde_json::from_slice::<tower_lsp::jsonrpc::Response>(&written).is_ok()
            } else {
                serde_json::from_slice::<tower_lsp::jsonrpc::Request>(&written).is_ok()
            };
            prop_assert!(understood, "{}", String::from_utf8_lossy(&written));
        }
    }
}
