//! JSON codecs: compact, fields in the order of the record.

use serde::{Deserialize, Serialize};

use crate::record::{
    AstColumns, AstNode, CfgBlock, CfgColumns, Reference, ReferenceRow, ReferenceRows, StoredCfg, Symbol,
};

/// A value that is no JSON, or not of the shape that is asked for.
#[derive(Debug, thiserror::Error)]
#[error("the value is not of the expected shape: {0}")]
pub struct CodecError(#[from] serde_json::Error);

pub fn encode_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CodecError> {
    Ok(serde_json::to_vec(value)?)
}

/// Borrows from `bytes` what the type can borrow.
pub fn decode_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, CodecError> {
    Ok(serde_json::from_slice(bytes)?)
}

pub fn encode_cfg_blocks(blocks: &[CfgBlock]) -> Result<Vec<u8>, CodecError> {
    encode_json(&CfgColumns(blocks))
}

pub fn decode_cfg_blocks(bytes: &[u8]) -> Result<Vec<CfgBlock>, CodecError> {
    decode_json::<StoredCfg>(bytes)?.blocks().ok_or_else(uneven)
}

pub fn encode_ast_nodes(nodes: &[AstNode]) -> Result<Vec<u8>, CodecError> {
    encode_json(&AstColumns::of(nodes))
}

pub fn decode_ast_nodes(bytes: &[u8]) -> Result<Vec<AstNode>, CodecError> {
    decode_json::<AstColumns>(bytes)?.nodes().ok_or_else(uneven)
}

fn uneven() -> CodecError {
    CodecError(serde::de::Error::custom("the columns are not of one length"))
}

pub fn encode_references(references: &[Reference]) -> Result<Vec<u8>, CodecError> {
    encode_json(&ReferenceRows(references))
}

/// `named` is the length of the name of the symbol that is referred to.
pub fn decode_references(bytes: &[u8], named: u32) -> Result<Vec<Reference>, CodecError> {
    Ok(ReferenceRow::references(decode_json(bytes)?, named))
}

/// A symbol with what its stored form leaves out.
pub fn decode_symbol(bytes: &[u8]) -> Result<Symbol, CodecError> {
    let mut symbol: Symbol = decode_json(bytes)?;
    symbol.complete();
    Ok(symbol)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{BlockKind, Confidence, Edge, EdgeKind, ReferenceKind, SymbolId, Terminator};

    #[test]
    fn nodes_are_columns() {
        let nodes = [
            AstNode { id: 0, parent_id: None, kind: "module".into(), byte_start: 0, byte_end: 9 },
            AstNode { id: 1, parent_id: Some(0), kind: "if_statement".into(), byte_start: 2, byte_end: 9 },
        ];
        let bytes = encode_ast_nodes(&nodes).unwrap();
        assert_eq!(
            std::str::from_utf8(&bytes).unwrap(),
            "{\"kinds\":[\"module\",\"if_statement\"],\"kind\":[0,1],\"parent_id\":[null,0],\
             \"byte_start\":[0,2],\"byte_end\":[9,9]}"
        );
        assert_eq!(decode_ast_nodes(&bytes).unwrap(), nodes);
    }

    #[test]
    fn blocks_keep_their_edges() {
        let block = CfgBlock {
            id: 0,
            function_id: SymbolId(1_234_567_890_123_456),
            kind: BlockKind::LoopHeader,
            terminator: Terminator::Branch,
            byte_start: 1,
            byte_end: 2,
            start_line: 1,
            start_col: 1,
            end_line: 1,
            end_col: 2,
            successors: vec![Edge { block: 1, kind: EdgeKind::True }, Edge { block: 0, kind: EdgeKind::Back }],
        };
        let bytes = encode_cfg_blocks(std::slice::from_ref(&block)).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(
            text,
            "{\"function_id\":1234567890123456,\"kind\":[\"loop_header\"],\"terminator\":[\"branch\"],\
             \"byte_start\":[1],\"byte_end\":[2],\"start_line\":[1],\"start_col\":[1],\"end_line\":[1],\
             \"end_col\":[2],\"successors\":[[[1,\"true\"],[0,\"back\"]]]}"
        );
        assert_eq!(decode_cfg_blocks(&bytes).unwrap(), [block]);
        let uneven = text.replace("\"end_col\":[2]", "\"end_col\":[2,3]");
        assert!(decode_cfg_blocks(uneven.as_bytes()).is_err());
    }

    #[test]
    fn references_end_where_the_rest_goes_without_saying() {
        let (around, other) = (Some(SymbolId(1_234_567_890_123_456)), Some(SymbolId(1_234_567_890_123_457)));
        let at = |byte_start: u32, enclosing, confidence, length: Option<u32>| Reference {
            byte_start,
            byte_end: byte_start + length.unwrap_or(3),
            start_line: 1,
            start_col: byte_start,
            length,
            kind: ReferenceKind::Call,
            enclosing,
            confidence,
        };
        let references = [
            at(1, None, Confidence::Exact, None),
            at(2, None, Confidence::Likely, None),
            at(3, around, Confidence::Exact, None),
            at(4, around, Confidence::Exact, None),
            at(5, around, Confidence::Exact, Some(7)),
            at(6, other, Confidence::Ambiguous, None),
            at(7, None, Confidence::Exact, None),
            at(8, other, Confidence::Exact, None),
        ];
        let bytes = encode_references(&references).unwrap();
        assert_eq!(
            std::str::from_utf8(&bytes).unwrap(),
            "[[1,1,1,\"call\"],[2,1,2,\"call\",null,\"likely\"],[3,1,3,\"call\",1234567890123456],\
             [4,1,4,\"call\",0],[5,1,5,\"call\",0,\"exact\",7],[6,1,6,\"call\",1234567890123457,\"ambiguous\"],\
             [7,1,7,\"call\"],[8,1,8,\"call\",1234567890123457]]"
        );
        assert_eq!(decode_references(&bytes, 3).unwrap(), references);
    }

    #[test]
    fn unsized_and_borrowed_values_pass() {
        assert_eq!(encode_json("a").unwrap(), b"\"a\"");
        assert_eq!(encode_json(&[1, 2][..]).unwrap(), b"[1,2]");
        assert_eq!(decode_json::<&str>(b"\"a\"").unwrap(), "a");
    }

    #[test]
    fn what_is_damaged_does_not_decode() {
        for bytes in [&b""[..], b"[{\"id\":0", b"\xFF", b"{}", b"[] []", b"[{\"id\":-1}]"] {
            assert!(decode_ast_nodes(bytes).is_err(), "{bytes:?}");
            assert!(decode_cfg_blocks(bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text: String) {
            let bytes = encode_json(&text).unwrap();
            prop_assert!(!bytes.contains(&b'\n'));
            prop_assert_eq!(decode_json::<String>(&bytes).unwrap(), text);
        }
    }
}
