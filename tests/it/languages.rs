//! Which language a file is of, and what its module is called.

use std::collections::BTreeMap;

use rutter::languages::{self, Surroundings};

/// Files by path, with their text.
struct Files(BTreeMap<&'static str, &'static str>);

impl Surroundings for Files {
    fn exists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|text| (*text).to_owned())
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let inside = |path: &&str| path.rsplit_once('/').map_or("", |(directory, _)| directory) == directory;
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.0.keys().copied().filter(|path| inside(path)).map(name).collect()
    }
}

fn module(language: &str, path: &str, files: &[(&'static str, &'static str)]) -> String {
    languages::by_name(language).unwrap().module_of(path, &Files(files.iter().copied().collect()))
}

#[test]
fn a_language_is_known_by_ending_name_and_interpreter() {
    let by_path = |path| languages::by_path(path).map(|language| language.name);
    assert_eq!(by_path("src/main.rs"), Some("rust"));
    assert_eq!(by_path("a.b/C.PYI"), Some("python"));
    assert_eq!(by_path("build/SConstruct"), Some("python"));
    assert_eq!(by_path("rs"), None);
    assert_eq!(by_path("a.rs/README"), None);
    let by_line = |line: &str| languages::by_interpreter(line.as_bytes()).map(|language| language.name);
    assert_eq!(by_line("#!/usr/bin/python3.11 -u\nx"), Some("python"));
    assert_eq!(by_line("#!/usr/bin/env -S A=1 pypy3"), Some("python"));
    assert_eq!(by_line("#! /usr/bin/env rust-script"), Some("rust"));
    assert_eq!(by_line("#!/bin/sh python"), None);
    assert_eq!(by_line("python"), None);
    assert_eq!(by_line("#!"), None);
}

#[test]
fn rust_modules_follow_cargo() {
    let bat = &[("bat/Cargo.toml", "[package]\nname = \"bat-cat\"\n")];
    for (path, expected) in [
        ("bat/src/lib.rs", "bat_cat"),
        ("bat/src/main.rs", "bat_cat"),
        ("bat/src/assets.rs", "bat_cat::assets"),
        ("bat/src/assets/mod.rs", "bat_cat::assets"),
        ("bat/src/assets/lazy.rs", "bat_cat::assets::lazy"),
        ("bat/src/bin/tool.rs", "tool"),
        ("bat/src/bin/tool/main.rs", "tool"),
        ("bat/tests/cli.rs", "cli"),
        ("bat/tests/it/main.rs", "it"),
        ("bat/tests/it/paging.rs", "it::paging"),
        ("bat/examples/simple.rs", "simple"),
        ("bat/build.rs", "bat_cat::build"),
        ("loose/script.rs", "script"),
        ("main.rs", "main"),
    ] {
        assert_eq!(module("rust", path, bat), expected, "{path}");
    }
    let named = &[("Cargo.toml", "[package]\nname = \"a\"\n[lib]\nname = \"b\"\n")];
    assert_eq!(module("rust", "src/x.rs", named), "b::x");
    // A workspace's own manifest names no package; a member's does.
    let workspace = &[("Cargo.toml", "[workspace]\n"), ("m/Cargo.toml", "[package]\nname = \"m\"\n")];
    assert_eq!(module("rust", "m/src/x.rs", workspace), "m::x");
    let broken = &[("Cargo.toml", "[package\n")];
    assert_eq!(module("rust", "src/x.rs", broken), "x");
}

#[test]
fn python_modules_follow_packages() {
    let rich = &[("src/rich/__init__.py", ""), ("src/rich/sub/__init__.pyi", "")];
    for (path, expected) in [
        ("src/rich/console.py", "rich.console"),
        ("src/rich/__init__.py", "rich"),
        ("src/rich/sub/x.py", "rich.sub.x"),
        ("src/rich/data/x.py", "x"),
        ("src/setup.py", "setup"),
        ("setup.py", "setup"),
        ("a.b.py", "a.b"),
    ] {
        assert_eq!(module("python", path, rich), expected, "{path}");
    }
}

#[test]
fn headers_are_of_c_or_cpp_by_evidence() {
    let of = |path: &str, text: &str, around: &[&'static str]| {
        let files = Files(around.iter().map(|path| (*path, "")).collect());
        languages::of_file(path, text.as_bytes(), &files).map(|language| language.name)
    };
    let plain = "int f(void);\n";
    // What only one of them has.
    for text in [
        "class A {\npublic:\n  int x;\n};\n",
        "namespace a { int x; }\n",
        "template <class T> T f();\n",
        "int a::f();\n",
        "#include <vector>\n",
        "struct A { bool operator==(const A &) const; };\n",
    ] {
        assert_eq!(of("a.h", text, &["a.c"]), Some("cpp"), "{text}");
    }
    assert_eq!(of("a.h", "struct s { void *private; int class; };\n", &["a.cc"]), Some("c"));
    assert_eq!(of("a.h", "void f(char *restrict s);\n", &["a.cc"]), Some("c"));
    // What is for C++ only makes no header C++.
    let both = "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n";
    assert_eq!(of("a.h", both, &[]), Some("c"));
    // Nor does what stands in comments and strings.
    assert_eq!(of("a.h", "// class A {\n/* namespace a { */\n#define S \"a::b\"\n", &[]), Some("c"));
    // The source of the same name, then the nearest ones.
    assert_eq!(of("lib/a.h", plain, &["lib/a.cc", "lib/b.c", "lib/c.c"]), Some("cpp"));
    assert_eq!(of("lib/a.h", plain, &["lib/a.c", "lib/b.cc", "lib/c.cc"]), Some("c"));
    assert_eq!(of("lib/a.h", plain, &["lib/b.cpp", "lib/c.cpp", "lib/d.c", "e.c", "f.c"]), Some("cpp"));
    assert_eq!(of("include/x/a.h", plain, &["src/b.cpp"]), Some("cpp"));
    assert_eq!(of("include/x/a.h", plain, &["src/b.c"]), Some("c"));
    assert_eq!(of("a.h", plain, &[]), Some("c"));
    // An ending of one language is not looked into.
    assert_eq!(of("a.c", "class A;\n", &[]), Some("c"));
    assert_eq!(of("a.hpp", plain, &["a.c"]), Some("cpp"));
}

#[test]
fn neovim_starts_the_server_for_every_language() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/editors/nvim/lsp/rutter.lua");
    let config = std::fs::read_to_string(config).unwrap();
    let (_, listed) = config.split_once("filetypes = {").unwrap();
    let (listed, _) = listed.split_once('}').unwrap();
    let listed: Vec<&str> = listed.split(',').map(|name| name.trim().trim_matches('\'')).collect();
    for language in languages::all() {
        assert!(listed.contains(&language.name), "{}", language.name);
    }
    let unknown: Vec<_> = listed.iter().filter(|name| !name.is_empty() && languages::by_name(name).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
