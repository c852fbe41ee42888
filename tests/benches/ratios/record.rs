//! The figures of a corpus, and what was recorded of them.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    corpus::{self, Corpus},
    machine::machine,
    measure::Measure,
    tools::{self, Tools},
};

pub const FILE: &str = "tests/benches/ratios.json";
/// So much above what was recorded is worse.
const MARGIN: f64 = 1.1;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// What it was measured on.
    pub machine: String,
    pub measured_at: String,
    pub corpora: BTreeMap<String, Figures>,
}

/// Numbers of one corpus. A ratio is of seconds of processor time, where nothing else is said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Figures {
    pub files: u64,
    pub lines: u64,
    pub source_bytes: u64,
    /// Of the parsers alone, in seconds.
    pub parse_cpu: f64,
    /// A first index, all records and links, against the parsers alone.
    pub index_to_parse: f64,
    /// Its seconds by the clock against its own of processor time.
    pub wall_to_cpu: f64,
    pub index_to_ctags: Option<f64>,
    pub ctags_to_parse: Option<f64>,
    /// A run that finds nothing changed, in seconds by the clock a million lines.
    pub unchanged_a_million_lines: f64,
    pub index_bytes_to_source: f64,
    pub memory: u64,
    pub own_memory: u64,
}

impl Figures {
    pub fn take(corpus: &Corpus, tools: &Tools, rounds: usize) -> Self {
        let (mut parses, mut indexes, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            parses.push(tools::parse(corpus));
            let directory = tempfile::tempdir().unwrap();
            indexes.push(corpus::index(&corpus.root, directory.path()));
            tags.extend(tools.ctags.as_deref().map(|program| tools::ctags(program, corpus)));
        }
        let unchanged = (0..5).map(|_| corpus::index(&corpus.root, corpus.index_dir.path()).wall).collect();
        // Whatever else the machine does only adds to a time: the least is nearest to what the program takes.
        let least = |of: &[Measure]| of.iter().map(|one| one.cpu).reduce(f64::min);
        let pairs = |a: &[Measure], b: &[Measure]| Some(least(a)? / least(b)?);
        Figures {
            files: corpus.files,
            lines: corpus.lines,
            source_bytes: corpus.bytes,
            parse_cpu: least(&parses).unwrap(),
            index_to_parse: pairs(&indexes, &parses).unwrap(),
            wall_to_cpu: median(indexes.iter().map(|index| index.wall / index.cpu).collect()),
            index_to_ctags: pairs(&indexes, &tags),
            ctags_to_parse: pairs(&tags, &parses),
            unchanged_a_million_lines: median(unchanged) * 1e6 / corpus.lines as f64,
            index_bytes_to_source: corpus.index_bytes as f64 / corpus.bytes as f64,
            memory: indexes.iter().map(|index| index.memory).max().unwrap(),
            own_memory: indexes.iter().map(|index| index.own_memory).max().unwrap(),
        }
    }

    /// What is worse than it was.
    pub fn worse_than(&self, before: &Figures) -> impl Iterator<Item = String> {
        let rows = [
            ("index / parse", self.index_to_parse, before.index_to_parse),
            ("index bytes / source bytes", self.index_bytes_to_source, before.index_bytes_to_source),
        ];
        let worse = rows.into_iter().filter(|(_, now, before)| *now > before * MARGIN);
        worse.map(|(what, now, before)| format!("{what} {now:.2}, and was {before:.2}"))
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, what: &str, figure: Option<f64>, goal: &str| match figure {
            Some(figure) => writeln!(f, "{what:36} {figure:9.3}   {goal}"),
            None => Ok(()),
        };
        row(f, "parse alone, CPU s", Some(self.parse_cpu), "")?;
        row(f, "index / parse, CPU", Some(self.index_to_parse), "at most 1.6")?;
        row(f, "index, wall / CPU", Some(self.wall_to_cpu), "at most 0.55 on two cores")?;
        row(f, "index / ctags, CPU", self.index_to_ctags, "at most 9 in Rust, 8 in C, 2 in TypeScript")?;
        row(f, "ctags / parse, CPU", self.ctags_to_parse, "")?;
        row(f, "unchanged, s a million lines", Some(self.unchanged_a_million_lines), "at most 0.1")?;
        row(f, "index bytes / source bytes", Some(self.index_bytes_to_source), "at most 3")?;
        row(f, "peak memory, MB", Some(self.memory as f64 / 1e6), "at most 120 at a million lines")?;
        row(f, "  without mapped files, MB", Some(self.own_memory as f64 / 1e6), "")
    }
}

impl Record {
    pub fn read() -> Self {
        fs::read(path()).map_or_else(|_| Record::default(), |bytes| serde_json::from_slice(&bytes).unwrap())
    }

    pub fn write(&mut self) {
        self.machine = machine();
        self.measured_at = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
        let mut text = serde_json::to_string_pretty(self).unwrap();
        text.push('\n');
        fs::write(path(), text).unwrap();
    }
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE)
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
