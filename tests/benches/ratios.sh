#!/usr/bin/env bash
# What indexing costs beside parsing, beside universal-ctags and beside magellan, on a million lines of each language.
#   ratios.sh [--record] [--rounds N] [DIR [NAME...]]
# Corpora are brought to DIR (unless given: tests/.cache/corpora) by corpora.sh, which knows their names. The figures are held
# against those in ratios.json; --record writes them there. Hours with linux among the names, else half of one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
options=()
while [[ "${1:-}" == --* ]]; do
  case $1 in
    --record) options+=(--record) ;;
    --rounds) options+=(--rounds "$2"); shift ;;
    *) sed -n '2,/^set/s/^# \?//p' "$0" | sed '$d' >&2; exit 2 ;;
  esac
  shift
done
cache=$PWD/tests/.cache
dir=${1:-$cache/corpora}
shift || true
[ $# -gt 0 ] || set -- python rust go java typescript c cpp
tests/benches/corpora.sh "$dir" "$@"

if ! command -v ctags >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends universal-ctags >/dev/null
fi
if ctags --version 2>/dev/null | grep -q Universal; then
  options+=(--ctags "$(command -v ctags)")
else
  echo "universal-ctags is missing: nothing is held against it (on Debian: apt-get install universal-ctags)." >&2
fi
# Its newest version may not build with this compiler: then it is left out.
magellan=$cache/tools/magellan/bin/magellan
[ -x "$magellan" ] || CARGO_TARGET_DIR=$cache/tools/magellan/target cargo install -q --root "$cache/tools/magellan" magellan@4.17.0 \
  || echo "magellan does not build here: nothing is held against it." >&2
rm -rf "$cache/tools/magellan/target"
[ ! -x "$magellan" ] || options+=(--magellan "$magellan")

cargo bench --locked --quiet --bench ratios -- "${options[@]}" "${@/#/$dir/}"
