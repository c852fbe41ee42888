#!/usr/bin/env bash
# Neovim opens a session on a real project and gets its answers.
#   nvim.sh RUTTER
set -euo pipefail
rutter=$(realpath "${1:?usage: nvim.sh RUTTER}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$(dirname "${BASH_SOURCE[0]}")/work.sh"
"$here/project.sh" "$work/project"
mkdir -p "$work"/{config,data,state,cache,run}
chmod 700 "$work/run"
export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
export XDG_RUNTIME_DIR=$work/run
unset RUTTER_INDEX_DIR
timeout 180 "$here/../.cache/nvim/bin/nvim" --clean --headless -l "$here/nvim.lua" "$work/project" "$rutter" "$here/../../editors"
