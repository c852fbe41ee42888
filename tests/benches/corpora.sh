#!/usr/bin/env bash
# Real code in bulk, for the benchmarks: about a million lines of each language, from the package registries.
#   corpora.sh DIR [NAME...]
# NAME: python rust go java typescript c cpp (unless given: all of these); linux, the kernel's whole source, 1.3 GB; and many,
# four million lines of Python and Rust in 300 packages. Each is a directory in DIR; what is there is left as it is.
# Go, Java, C, C++ and the kernel are Debian's sources, from the mirror that this machine uses: apt-get and tar are needed.
# Packages that are named are of fixed versions, those that they need are the newest: measure on one corpus.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \?//p' "$0" | sed '$d' >&2; exit 2; }
dir=$(mkdir -p "$1" && cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- python rust go java typescript c cpp
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# apt-get with lists of its own, of sources as well: nothing of the machine's is changed.
apt() {
  local apt=$dir/.apt
  if [ ! -d "$apt/parts" ]; then
    mkdir -p "$apt/lists/partial" "$apt/got"
    mkdir "$apt/new"
    # What the machine gets its programs from, and the same for sources; of the release as it came out.
    awk -v RS= -v suite="$(. /etc/os-release; echo "$VERSION_CODENAME")" \
      'NR == 1 { sub(/Types:[^\n]*/, "Types: deb deb-src"); sub(/Suites:[^\n]*/, "Suites: " suite); print }' \
      /etc/apt/sources.list.d/debian.sources > "$apt/new/all.sources"
    command apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist=/dev/null \
      -o Dir::Etc::sourceparts="$apt/new" -o Dir::State::lists="$apt/lists" update
    mv "$apt/new" "$apt/parts"
  fi
  (cd "$apt/got" && command apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist=/dev/null \
    -o Dir::Etc::sourceparts="$apt/parts" -o Dir::State::lists="$apt/lists" "$@")
}

# debian PACKAGE TO [PATTERN...]: the upstream sources of a package, or what of them the patterns name.
debian() {
  local package=$1 to=$2
  shift 2
  apt source --download-only "$package"
  mkdir -p "$to"
  tar xf "$(find "$dir/.apt/got" -name "${package}_*.orig.tar.*" ! -name '*.asc')" -C "$to" --strip-components=1 --wildcards "$@"
}

wheels() {
  local to=$1 wheel
  shift
  for wheel in "$@"; do
    python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile \
      --only-binary :all: --target "$to/${wheel/==/-}" "$wheel"
  done
}

npm_sources() {
  local to=$1 package file
  shift
  for package in "$@"; do
    mkdir -p "$to/${package/@/-}"
    file=$(cd "$work" && npm pack --silent "$package" 2>/dev/null | tail -1)
    tar xzf "$work/$file" -C "$to/${package/@/-}" --strip-components=1
  done
}

# Whatever these need, as `cargo vendor` lays it out; but not what programs have written.
crates() {
  local to=$1
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
  (cd "$work" && cargo vendor -q "$to" >/dev/null)
  rm -rf "$to"/{windows*,winapi*,linux-raw-sys*,web-sys*}
  find "$to" -name '.cargo-checksum.json' -delete
}

bring() {
  local name=$1 to=$2 part
  case $name in
    python) wheels "$to" rich==14.1.0 networkx==3.4.2 django==5.2.6 sympy==1.14.0 ;;
    rust)
      crates "$work/vendor"
      mkdir -p "$to"
      for part in "$work"/vendor/{ra_ap_*,cranelift-*,tokio,syn-2.*,syn,regex-*,clap_builder,bat,winnow*,serde*,chalk-*,rayon*,salsa*,hashbrown*,nix*,libc,gimli*,object*,proc-macro2,itertools*,crossbeam*,futures*,smallvec,indexmap,petgraph,toml*,time*,chrono*}; do
        [ ! -d "$part" ] || cp -r "$part" "$to/"
      done
      ;;
    go) debian golang-1.19 "$to" '*/src' && rm -r "$to/src/cmd" ;;
    java) debian openjdk-17 "$to" '*/src/java.base/share/classes' ;;
    typescript)
      debian node-typescript "$to/typescript" '*/src'
      npm_sources "$to" effect@4.1.0 viem@2.57.20 rxjs@7.8.2
      # What the compiler made of the sources.
      find "$to" \( -name '*.js' -o -name '*.mjs' -o -name '*.cjs' -o -name '*.d.ts' -o -name '*.map' \) -not -path '*/typescript/src/*' -delete
      ;;
    c) debian postgresql-15 "$to" '*/src/backend' '*/src/include' '*/src/bin' '*/src/interfaces' ;;
    cpp) debian qtbase-opensource-src "$to" '*/src' ;;
    linux)
      apt download linux-source-6.1
      dpkg-deb -x "$dir"/.apt/got/linux-source-6.1_*.deb "$work/linux"
      mkdir -p "$to"
      tar xf "$work/linux/usr/src/linux-source-6.1.tar.xz" -C "$to" --strip-components=1
      ;;
    many)
      wheels "$to/python" rich==14.1.0 networkx==3.4.2 django==5.2.6 sympy==1.14.0
      crates "$to/rust"
      ;;
    *) echo "corpora.sh: no corpus is called $name (python, rust, go, java, typescript, c, cpp, linux, many)" >&2; exit 2 ;;
  esac
}

for name in "$@"; do
  if [ ! -d "$dir/$name" ]; then
    # There as a whole or not at all.
    rm -rf "$dir/.$name"
    bring "$name" "$dir/.$name"
    mv "$dir/.$name" "$dir/$name"
  fi
  echo "$name: $(du -sh "$dir/$name" | cut -f1)"
done
