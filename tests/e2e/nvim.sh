#!/usr/bin/env bash
# Neovim with rutter and its plugin: a session on a real project, what the commands draw, the manners beside another server, lenses,
# broken servers, a long file.
#   nvim.sh RUTTER [TEST...]     all, or the files of nvim/ that are named (views, manners, ...)
#   nvim.sh --broken             whether the tests notice: those that need a real server, with one that dies and one that is silent
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage='usage: nvim.sh RUTTER [TEST...] | nvim.sh --broken'
source "$here/work.sh"

if [ "${1:?$usage}" = --broken ]; then
  printf '#!/bin/sh\nexit 3\n' > "$work/dead"
  printf '#!/bin/sh\nexec sleep 600\n' > "$work/silent"
  chmod +x "$work/dead" "$work/silent"
  noticed=0 missed=0
  for pair in dead/session dead/manners dead/real dead/typing silent/real; do
    server=${pair%/*} test=${pair#*/}
    said=$(PATIENCE=200 "$here/nvim.sh" "$work/$server" "$test" 2>&1) && code=0 || code=$?
    if [ "$code" -ne 0 ] && grep -qE '^nvim: [0-9]+ passed, [1-9][0-9]* failed$' <<<"$said"; then
      noticed=$((noticed + 1))
      echo "ok    $test fails with a $server server"
    else
      missed=$((missed + 1))
      echo "FAIL  $test passes with a $server server: $said"
    fi
  done
  echo "nvim-broken: $noticed passed, $missed failed"
  exit $((missed > 0))
fi

rutter=$(realpath "$1")
shift
"$here/project.sh" "$work/project"
mkdir -p "$work"/{config,data,state,cache,run}
chmod 700 "$work/run"
export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
export XDG_RUNTIME_DIR=$work/run
unset RUTTER_INDEX_DIR
nvim=$here/../.cache/nvim/bin/nvim
counts=$work/counts
: > "$counts"
[ $# -gt 0 ] || set -- session views manners lenses real broken typing help
for test in "$@"; do
  before=$(wc -l < "$counts")
  timeout 120 "$nvim" --clean --headless -l "$here/nvim/$test.lua" "$work/project" "$rutter" "$here/../../editors" "$counts" \
    "$here/../.cache/venv/bin/python" || true
  # A test that dies before it has counted is one failure.
  [ "$(wc -l < "$counts")" -gt "$before" ] || { echo "FAIL  $test: ended without its numbers"; echo '0 1' >> "$counts"; }
done
awk '{ passed += $1; failed += $2 } END { printf "nvim: %d passed, %d failed\n", passed, failed; exit failed > 0 }' "$counts"
