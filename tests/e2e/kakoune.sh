#!/usr/bin/env bash
# Kakoune with kakoune-lsp: a hover with our facts, and a jump to a definition, with the lines of editors/other-editors.md.
#   kakoune.sh RUTTER      as root on Debian it installs Kakoune; kakoune-lsp is built, which takes minutes: no part of run.sh
set -euo pipefail
rutter=$(realpath "${1:?usage: kakoune.sh RUTTER}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tools=$root/tests/.cache/tools
export PATH="$tools/bin:$PATH"
source "$root/tests/debian.sh"
debian kak kakoune
command -v kak-lsp >/dev/null || cargo install --quiet --locked --root "$tools" kak-lsp --version 22.0.0
source "$here/work.sh"

export HOME=$work/home XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work/run
unset RUTTER_INDEX_DIR
mkdir -p "$work"/{home,cache,run,bin,config/kak,project/.git}
chmod 700 "$work/run"
ln -s "$rutter" "$work/bin/rutter"
export PATH="$work/bin:$PATH"
# What the page says, word for word.
{
  echo 'eval %sh{kak-lsp --kakoune -s $kak_session}'
  awk '/^## Kakoune/ { of = 1 } of && /^```/ { inside = !inside; if (!inside) exit; next } inside' "$root/editors/other-editors.md"
  echo 'lsp-enable'
} > "$work/config/kak/kakrc"
cat > "$work/project/sample.py" <<'PYTHON'
def outer(a, b):
    if a and b:
        return 1
    return 0


def inner():
    return outer(1, 2)
PYTHON

passed=0 failed=0
check() { # check NAME TEXT PATTERN
  if grep -qF -- "$3" <<<"$2"; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1: $2"; fi
}
session=rutter-$$
(cd "$work/project" && exec timeout 90 kak -ui dummy -s "$session" sample.py >/dev/null 2>&1) &
# tell COMMANDS: has them done in the window.
tell() { echo "evaluate-commands -client client0 %{ $1 }" | kak -p "$session"; }
# said FILE COMMAND PATTERN: does COMMAND again and again until what it writes to FILE has the pattern.
said() {
  for _ in $(seq 60); do
    echo "$2" | kak -p "$session" 2>/dev/null || true
    sleep 0.5
    if grep -qF -- "$3" "$1" 2>/dev/null; then break; fi
  done
  cat "$1" 2>/dev/null || true
}
place=$work/place hover=$work/hover
said "$place" "evaluate-commands -client client0 %{ execute-keys gg; echo -to-file $place %val{bufname} }" sample.py >/dev/null
tell 'execute-keys 1g5l; lsp-hover-buffer'
found=$(said "$hover" "evaluate-commands -client client0 %{ execute-keys 1g5l; lsp-hover-buffer }
evaluate-commands -buffer *hover* %{ execute-keys -draft '%:echo -to-file $hover %val{selection}<ret>' }" cyclomatic)
check 'the hover has our facts' "$found" 'cyclomatic 3'
tell 'buffer sample.py; execute-keys 8g11l; lsp-definition'
found=$(said "$place" "evaluate-commands -client client0 %{ echo -to-file $place %val{bufname}:%val{cursor_line} ; echo -to-file $place \"%val{cursor_line}:%val{cursor_column}\" }" 1:5)
check 'a definition is jumped to' "$found" 1:5
echo 'kill!' | kak -p "$session" || true
wait || true
echo "kakoune: $passed passed, $failed failed"
exit $((failed > 0))
