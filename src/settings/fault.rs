//! What is wrong with a layer, for the one who wrote it.

use std::fmt;

use super::layer::Source;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub source: Source,
    /// None where it is about all of the layer.
    pub key: Option<String>,
    pub cause: String,
    pub help: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.source)?;
        if let Some(key) = &self.key {
            write!(f, "`{key}`: ")?;
        }
        f.write_str(&self.cause)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// What somebody may have meant: a name that differs in few letters.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const ALIKE: f64 = 0.7;
    // Some editors' conventions: `maxFileSize`, `max-file-size`.
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    let word = plain(word);
    let measured = names.map(|name| (strsim::normalized_damerau_levenshtein(&word, &plain(name)), name));
    let best = measured.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let names = || ["exclude", "include", "max_file_size"].into_iter();
        assert_eq!(nearest("exlude", names()), Some("exclude"));
        assert_eq!(nearest("maxFileSize", names()), Some("max_file_size"));
        assert_eq!(nearest("colour", names()), None);
    }
}
