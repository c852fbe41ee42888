#!/usr/bin/env bash
# How long somebody waits for an answer, held against the goals, in a million lines of C.
#   answers.sh [--index-dir INDEX] [DIR [NAME [QUESTION...]]]
# The corpus NAME (unless given: c) is brought to DIR (unless given: tests/.cache/corpora) by corpora.sh, and each QUESTION (unless
# given: all) is asked of it: edits, lookups, commands, start, typing. INDEX is an index of it that is there, for corpora that take
# long to index; `edits` indexes a copy in any case.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
options=()
while [[ "${1:-}" == --* ]]; do
  case $1 in
    --index-dir) options+=(--index-dir "$2"); shift ;;
    *) sed -n '2,/^set/s/^# \?//p' "$0" | sed '$d' >&2; exit 2 ;;
  esac
  shift
done
dir=${1:-$PWD/tests/.cache/corpora}
shift || true
name=${1:-c}
shift || true
[ $# -gt 0 ] || set -- edits lookups commands start typing
tests/benches/corpora.sh "$dir" "$name"
for question in "$@"; do
  echo "== $question"
  cargo bench --locked --quiet --bench answers -- "${options[@]}" "$question" "$dir/$name"
done
