#!/usr/bin/env bash
# Editors of another make open a session: Emacs with eglot. What they are told is in editors/other-editors.md.
#   other-editors.sh RUTTER      as root on Debian it installs what is missing
set -euo pipefail
rutter=$(realpath "${1:?usage: other-editors.sh RUTTER}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/work.sh"

# From Emacs 29 on, eglot is part of it; before, it is a package of its own.
has_eglot() { command -v emacs >/dev/null && emacs --batch --eval "(progn (package-initialize) (require 'eglot))" 2>/dev/null; }
source "$here/../debian.sh"
has_eglot || debian 'Emacs with eglot' emacs-nox elpa-eglot

export XDG_CACHE_HOME=$work/cache HOME=$work/home
unset RUTTER_INDEX_DIR
mkdir -p "$work"/{cache,home,project/.git}
cat > "$work/project/sample.py" <<'PYTHON'
def outer(a, b):
    if a and b:
        return 1
    return 0
    print("never")


def inner():
    return outer(1, 2)
PYTHON
said=$work/said
timeout 60 emacs --batch --eval '(package-initialize)' -l "$here/other-editors.el" "$rutter" "$work/project/sample.py" 2>"$work/errors" | tee "$said" \
  | grep -v '^eglot-counts' || true
counts=$(sed -n 's/^eglot-counts //p' "$said")
[ -n "$counts" ] || { cat "$work/errors"; counts='0 1'; }
read -r passed failed <<<"$counts"
echo "other-editors: $passed passed, $failed failed"
exit $((failed > 0))
