#!/usr/bin/env bash
# A small real project of two languages: the Python package rich, which nobody here wrote, and rutter's own sources.
#   project.sh DIR
set -euo pipefail
dir=$(mkdir -p "${1:?usage: project.sh DIR}" && cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cache=$PWD/tests/.cache
python=$cache/venv/bin/python
if [ ! -s "$cache/rich-14.1.0-py3-none-any.whl" ]; then
  echo 'rich==14.1.0 --hash=sha256:536f5f1785986d6dbdea3c75205c473f970777b4a0d6c6dd1b696aa05a3fa04f' > "$cache/rich.txt"
  "$python" -m pip download -q --no-deps --only-binary :all: --require-hashes -d "$cache" -r "$cache/rich.txt"
fi
"$python" -m zipfile -e "$cache/rich-14.1.0-py3-none-any.whl" "$dir"
mkdir -p "$dir/rutter"
cp -r Cargo.toml src "$dir/rutter/"
touch "$dir/.ignore" # a mark of a workspace's root, and nothing more
