#!/usr/bin/env bash
# VS Code, as a person and as another extension see it: the extension is built, packaged with a server, installed and used.
#   run.sh RUTTER [SESSION...]     sessions: alone beside broken untrusted window; all without any
# What it needs is installed first, into tests/.cache/vscode (and, as root on Debian, from its packages). SHOTS=DIR keeps the
# pictures that the README shows.
set -euo pipefail
rutter=$(realpath "${1:?usage: run.sh RUTTER [SESSION...]}")
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
mkdir -p "$root/tests/.cache/vscode/tools"
cache=$(cd "$root/tests/.cache/vscode" && pwd)
export npm_config_cache="$root/tests/.cache/npm" npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false
source "$here/../work.sh"
source "$here/../../debian.sh"

start=$SECONDS
command -v npm > /dev/null || { echo "Node.js 20 or newer is missing." >&2; exit 1; }
debian chromium chromium fonts-dejavu-core
debian rg ripgrep
debian g++ g++
debian make make
debian strip binutils
debian git git
debian python3 python3 python3-venv
[ -x "$root/tests/.cache/venv/bin/pip" ] || python3 -m venv "$root/tests/.cache/venv" || { debian ensurepip python3-venv && python3 -m venv "$root/tests/.cache/venv"; }
"$here/install.sh" "$cache/code-server"
if ! cmp -s "$here/package-lock.json" "$cache/tools/package-lock.json" || [ ! -d "$cache/tools/node_modules" ]; then
  cp "$here/package.json" "$here/package-lock.json" "$cache/tools/"
  (cd "$cache/tools" && npm ci --silent --ignore-scripts --omit=optional)
fi
extension=$root/editors/vscode
if [ ! -e "$extension/node_modules/.package-lock.json" ] || [ "$extension/package-lock.json" -nt "$extension/node_modules/.package-lock.json" ]; then
  (cd "$extension" && npm ci --silent --ignore-scripts)
fi
echo "installed: $((SECONDS - start)) s"

# The program without what only a debugger reads: a tenth of the size.
strip -o "$work/rutter" "$rutter"
OUT=$work/rutter.vsix "$extension/package.sh" "$work/rutter" > "$work/package.log" 2>&1 || { cat "$work/package.log" >&2; exit 1; }
if grep -i warning "$work/package.log" >&2; then exit 1; fi
for other in primary lua; do
  (cd "$here/$other" && "$extension/node_modules/.bin/vsce" package --no-dependencies --allow-missing-repository --skip-license --out "$work/$other.vsix") > "$work/package.log" 2>&1 \
    || { cat "$work/package.log" >&2; exit 1; }
done
echo "packaged: $((SECONDS - start)) s"

# A project of two languages with a history of two commits, a second folder, and files for single tests.
project=$work/projects
"$here/../project.sh" "$project/one"
rm -f "$project/one/.ignore"
cp -r "$here/files/one/." "$project/one/"
cp -r "$here/files/two" "$here/files/three" "$project/"
cp "$here/files/two.code-workspace" "$project/"
"$root/tests/.cache/venv/bin/python" "$here/files/long.py" > "$project/one/long.py"
"$root/tests/.cache/venv/bin/python" "$here/files/huge.py" | tee "$project/one/huge.py" > "$project/one/huge.rb"
git() { command git -C "$project/one" -c user.name=tests -c user.email=tests@localhost -c commit.gpgsign=false "$@"; }
git init -q -b main
echo .vscode > "$project/one/.git/info/exclude"
git add -A
git commit -q -m first
echo >> "$project/one/rich/_ratio.py"
git commit -q -a -m second

timeout 900 node "$here/run.mjs" "$cache" "$work/rutter.vsix" "$work/primary.vsix" "$work/lua.vsix" "$project" "$@"
