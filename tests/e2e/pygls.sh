#!/usr/bin/env bash
# The Python package pygls, as a client of another make than any editor, opens a session on a real project.
#   pygls.sh RUTTER
set -euo pipefail
rutter=$(realpath "${1:?usage: pygls.sh RUTTER}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$(dirname "${BASH_SOURCE[0]}")/work.sh"
"$here/project.sh" "$work/project"
export XDG_CACHE_HOME=$work/cache
unset RUTTER_INDEX_DIR
timeout 180 "$here/../.cache/venv/bin/python" "$here/pygls_session.py" "$work/project" "$rutter"
