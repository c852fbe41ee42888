#!/usr/bin/env bash
# Programs that know LMDB and JSON and nothing of rutter read an index: lmdb-utils and the Python package lmdb.
#   strangers.sh RUTTER
set -euo pipefail
rutter=$(realpath "${1:?usage: strangers.sh RUTTER}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$(dirname "${BASH_SOURCE[0]}")/work.sh"
"$here/project.sh" "$work/project"
"$rutter" index "$work/project" --index-dir "$work/index" --json > "$work/index.json"
"$rutter" dump --root "$work/project" --index-dir "$work/index" > "$work/dump.jsonl"
"$rutter" status --root "$work/project" --index-dir "$work/index" --json > "$work/status.json"
timeout 120 "$here/../.cache/venv/bin/python" "$here/strangers.py" "$work" "$rutter"
