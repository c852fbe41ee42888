#!/usr/bin/env bash
# Real code in bulk, from the package registries, for the benchmarks.
#   corpus.sh [DIR]          about a million lines of Rust and Python; DIR is tests/.cache/corpus unless given
#   corpus.sh --large [DIR]  four million, of 300 packages
# Ends with the number of lines. The packages named here are of fixed versions, those that they need are the newest: for
# numbers that can be compared, measure on one corpus.
set -euo pipefail
size=usual
[ "${1:-}" != --large ] || { size=large; shift; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dir=${1:-$here/.cache/corpus$([ $size = usual ] || echo -large)}
mkdir -p "$dir/python" "$dir/rust"
dir=$(cd "$dir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Python: wheels are the sources as they are installed.
python_sources=(rich==14.1.0 networkx==3.4.2 django==5.2.6)
[ $size = usual ] || python_sources+=(sympy==1.14.0)
for source in "${python_sources[@]}"; do
  [ -d "$dir/python/${source/==/-}" ] || python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore \
    --no-deps --no-compile --only-binary :all: --target "$dir/python/${source/==/-}" "$source"
done

# Rust: whatever these need, as `cargo vendor` lays it out. What is left out was written by programs.
if [ ! -d "$dir/rust/ra_ap_ide" ]; then
  mkdir -p "$work/src" && : > "$work/src/lib.rs"
  cat > "$work/Cargo.toml" <<'MANIFEST'
[package]
name = "corpus"
version = "0.0.0"
edition = "2021"
[dependencies]
ra_ap_ide = "=0.0.270"
cranelift-codegen = "=0.116.1"
bat = { version = "=0.25.0", default-features = false }
syn = { version = "=2.0.90", features = ["full"] }
clap_builder = "=4.5.23"
regex-automata = "=0.4.9"
tokio = { version = "=1.44.2", features = ["full"] }
MANIFEST
  (cd "$work" && cargo vendor -q vendor >/dev/null)
  rm -rf "$work"/vendor/{windows*,winapi*,linux-raw-sys*,web-sys*}
  find "$work/vendor" -name '.cargo-checksum.json' -delete
  if [ $size = usual ]; then
    cp -r "$work"/vendor/{ra_ap_*,cranelift-codegen,tokio,syn-2.*,regex-*,clap_builder,bat,winnow,serde_with} "$dir/rust/"
  else
    cp -r "$work/vendor/." "$dir/rust/"
  fi
fi

find "$dir" \( -name '*.py' -o -name '*.rs' \) -type f -print0 | xargs -0 cat | wc -l
