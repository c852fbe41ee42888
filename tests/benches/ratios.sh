#!/usr/bin/env bash
# What indexing costs beside parsing and beside universal-ctags, on a million lines of each language.
#   ratios.sh [--record] [--rounds N] [DIR [NAME...]]
# Corpora are brought to DIR (unless given: tests/.cache/corpora) by corpora.sh, which knows their names. The figures are held
# against those in ratios.json; --record writes them there.
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

source tests/debian.sh
debian ctags universal-ctags || true
if ctags --version 2>/dev/null | grep -q Universal; then
  options+=(--ctags "$(command -v ctags)")
else
  echo "universal-ctags is missing: nothing is held against it (on Debian: apt-get install universal-ctags)." >&2
fi
cargo bench --locked --quiet --bench ratios -- "${options[@]}" "${@/#/$dir/}"
