#!/usr/bin/env bash
# Holds what rutter says of real code against what compilers, linters and other servers say of it.
#
#   tests/truth/run.sh TRUTH_DIR SOURCES_DIR [PART...]
#
# TRUTH_DIR    the reference tools' answers, and the programs that compare: README.md tells its layout
# SOURCES_DIR  the code that they are about: DIR/metrics and DIR/navigation
# PART         cyclomatic cognitive cfg graphs outline navigation references ambiguous slips arcs clang, or one line of these, e.g. python.radon, go-spf13
#              (default: all)
# RUTTER=PATH  measures that program instead of building one; MISSES=N shows so many differences of each comparison.
#
# Ends with a table of goals; the exit code is 1 if one is missed.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -z "${RUTTER:-}" ]; then
  # With debug assertions: extraction then checks its own counts, and a file where they do not fit is reported.
  (cd "$here/../.." && cargo build --quiet --bin rutter)
  target=$(cd "$here/../.." && realpath -m "${CARGO_TARGET_DIR:-target}")
  RUTTER=$target/debug/rutter
fi
exec python3 "$here/measure.py" --rutter "$(realpath "$RUTTER")" --truth "$1" --sources "$2" --misses "${MISSES:-0}" "${@:3}"
