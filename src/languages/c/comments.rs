//! Doxygen's comments.

/// `/** text */`, `/*! text */`, `/// text`, `//! text`. Those that look back (`/**< text */`) document what stands before
/// them.
pub(in crate::languages) fn doc_comment(comment: &str) -> Option<String> {
    let comment = comment.trim_end();
    if let Some(line) = comment.strip_prefix("///").or_else(|| comment.strip_prefix("//!")) {
        return (!line.starts_with(['/', '<'])).then(|| line.strip_prefix(' ').unwrap_or(line).to_owned());
    }
    let inside = comment.strip_prefix("/**").or_else(|| comment.strip_prefix("/*!"))?;
    if inside.starts_with(['*', '/', '<']) {
        return None;
    }
    Some(crate::languages::block_comment_text(inside.strip_suffix("*/").unwrap_or(inside)))
}
