#!/usr/bin/env bash
# Builds the extension for one platform, with the server in it.
#   package.sh RUTTER [TARGET]     TARGET as `vsce` names them, such as linux-x64 (the default: this machine's)
# The package is rutter-TARGET-VERSION.vsix beside this script, or where OUT says.
set -euo pipefail
rutter=$(realpath "${1:?usage: package.sh RUTTER [TARGET]}")
target=${2:-$(node -p '`${process.platform}-${process.arch}`')}
cd "$(dirname "${BASH_SOURCE[0]}")"
version=$(node -p 'require("./package.json").version')
out=${OUT:-$PWD/rutter-$target-$version.vsix}

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund --silent
fi
program=rutter
[[ $target != win32-* ]] || program=rutter.exe
rm -rf server
mkdir server
trap 'rm -rf server' EXIT
install -m 755 "$rutter" "server/$program"
# Runs the checks and the bundler first, as the manifest's scripts say.
node_modules/.bin/vsce package --no-dependencies --allow-missing-repository --no-rewrite-relative-links --target "$target" --out "$out"
