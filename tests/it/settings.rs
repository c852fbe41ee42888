//! Settings: the files that are made of their table, and what the program makes of files of settings.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::place::Place;
use rutter::settings;

fn committed(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_schema_for_editors_is_that_of_the_table() {
    let made = serde_json::to_string_pretty(&settings::schema()).unwrap() + "\n";
    assert!(
        committed("editors/settings.schema.json") == made,
        "make it anew: cargo run -- settings --schema > editors/settings.schema.json"
    );
}

#[test]
fn the_readme_has_the_table() {
    assert!(
        committed("README.md").contains(&settings::markdown()),
        "put what `cargo run -- settings --markdown` prints into the README, in place of its table"
    );
}

#[test]
fn a_file_in_the_root_counts_for_every_command_and_flags_win() {
    let place = Place::new(&[
        ("rutter.toml", "exclude = ['gen/']\nmax_file_size = '1K'\nmisspelt = 1\n"),
        ("a.py", "x = 1\n"),
        ("gen/b.py", "y = 1\n"),
        ("large.py", &"z = 1\n".repeat(400)),
    ]);
    let output = place.run(&["index"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("rutter.toml: `misspelt`: there is no such setting"), "{said}");
    assert_eq!(place.files(), 1);
    place.run(&["index", "--exclude", "a.py", "--max-file-size", "4M"]);
    assert_eq!(place.files(), 2, "gen/b.py and large.py");
}

#[test]
fn the_doctor_compares_with_the_disk_as_the_index_was_made() {
    let place = Place::new(&[("pyproject.toml", ""), ("a.py", "x = 1\n"), ("gen/b.py", "y = 1\n")]);
    std::thread::sleep(std::time::Duration::from_millis(200));
    place.run(&["index", "--exclude", "gen/"]);
    let finding = |what: &str| {
        let findings = place.json(&["doctor", "--json"]);
        let of_it = |finding: &&Value| finding["what"] == what;
        findings.as_array().unwrap().iter().filter(of_it).cloned().collect::<Vec<_>>()
    };
    assert_eq!(finding("freshness")[0]["level"], "ok");
    let other = |finding: &Value| finding["finding"].as_str().is_some_and(|text| text.contains("other settings"));
    assert!(finding("settings").iter().any(other), "the flag is not set now: {:?}", finding("settings"));
    place.write("work/rutter.toml", "exclude = ['gen/']\n");
    assert!(!finding("settings").iter().any(other), "{:?}", finding("settings"));
    assert_eq!(finding("freshness")[0]["level"], "ok");
}

/// A time of modification in whole seconds tells nothing about a change within the next two.
#[test]
fn the_doctor_looks_into_files_of_which_their_times_do_not_tell() {
    let place = Place::new(&[("pyproject.toml", ""), ("a.py", "x = 1\n")]);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let moment = std::time::UNIX_EPOCH + std::time::Duration::from_secs(now.as_secs() + 1);
    let dated = |path: &str, text: &str| {
        place.write(path, text);
        std::fs::File::options().append(true).open(place.top.join(path)).unwrap().set_modified(moment).unwrap();
    };
    dated("work/a.py", "x = 1\n");
    place.run(&["index"]);
    let freshness = || {
        let findings = place.json(&["doctor", "--json"]);
        findings.as_array().unwrap().iter().find(|finding| finding["what"] == "freshness").cloned().unwrap()
    };
    assert_eq!(freshness()["level"], "ok");
    dated("work/a.py", "x = 2\n");
    assert_eq!(freshness()["finding"], "1 file to read, 0 to remove");
}

#[test]
fn what_counts_is_shown_with_where_it_is_from() {
    let place = Place::new(&[("rutter.toml", "hidden = true\n")]);
    place.write("config/rutter/rutter.toml", "hidden = false\nthreads = 1\ncache_dir = '~/elsewhere'\n");
    let shown = place.json(&["settings", "--json"]);
    let root_file = place.root.join("rutter.toml");
    assert_eq!(shown["settings"]["hidden"]["value"], true);
    assert_eq!(shown["settings"]["hidden"]["from"][0], root_file.to_str().unwrap());
    assert_eq!(shown["settings"]["threads"]["value"], 1);
    assert_eq!(shown["settings"]["skip_generated"]["from"][0], "default");
    assert_eq!(shown["faults"].as_array().map(Vec::len), Some(0));
    let text = String::from_utf8(place.run(&["settings"]).stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("hidden") && line.ends_with("work/rutter.toml")), "{text}");
    place.write("work/a.py", "x = 1\n");
    place.run(&["index"]);
    assert!(place.top.join("elsewhere").is_dir() && !place.top.join("cache").exists());
    assert_eq!(place.files(), 1, "whoever asks finds it there");
}
