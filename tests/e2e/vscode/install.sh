#!/usr/bin/env bash
# A real VS Code without a desktop: code-server 4.100.3 (VS Code 1.100.3) out of its npm package, run by the Node that is
# there. Its own installation would fetch prebuilt programs from elsewhere: here native modules are built from their sources.
#   install.sh DIR
set -euo pipefail
mkdir -p "${1:?usage: install.sh DIR}"
dir=$(cd "$1" && pwd)
version=4.100.3
[ "$(cat "$dir/.installed" 2>/dev/null)" = "$version" ] && exit
rm -rf "${dir:?}"/* "$dir/.installed"

export npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false
node=$(node -p 'require("path").resolve(process.execPath, "../..")')
gyp=$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js
[ -f "$node/include/node/node_api.h" ] || { echo "Node's headers are missing: $node/include/node" >&2; exit 1; }

# logged LOG COMMAND...: silent where it goes well; else its last lines.
logged() {
  local log=$1; shift
  "$@" > "$log" 2>&1 || { tail -30 "$log" >&2; echo "failed: $*" >&2; return 1; }
}

cd "$dir"
npm pack --silent "code-server@$version" > /dev/null
tar xzf "code-server-$version.tgz" --strip-components=1
rm "code-server-$version.tgz"

# Each of the three packages has a list of exact versions; a peer that one of them lacks is of no use at run time.
packages() { (cd "$1" && logged "$dir/npm-$2.log" npm ci --legacy-peer-deps --ignore-scripts --omit=dev); }
packages . server
packages lib/vscode vscode & one=$!
packages lib/vscode/extensions extensions & two=$!
wait "$one"
wait "$two"

# native DIR: builds a module against the headers of the Node that runs it.
native() {
  [ -d "$1" ] || return 0
  (cd "$1" && logged "$dir/build.log" node "$gyp" rebuild --nodedir="$node" --jobs 2 && rm -rf build/Release/obj.target build/Release/.deps)
}
(cd node_modules/argon2 && logged "$dir/build.log" node ../@mapbox/node-pre-gyp/bin/node-pre-gyp install --build-from-source --nodedir="$node")
cd lib/vscode
for module in @vscode/spdlog node-pty native-watchdog @vscode/native-watchdog; do native "node_modules/$module"; done
[ -d node_modules/@parcel/watcher-linux-x64-glibc ] || native node_modules/@parcel/watcher
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
ln -sfn node_modules node_modules.asar
(cd bin/remote-cli && ln -sf code-linux.sh code-server)
(cd bin/helpers && ln -sf browser-linux.sh browser.sh)
(cd extensions && logged "$dir/extensions.log" node postinstall.mjs)
echo "$version" > "$dir/.installed"
