#!/usr/bin/env bash
# The fuzzers that look which code a text reaches (libFuzzer, by cargo-fuzz): of the framing, and of the extraction of each
# language.
#
#   tests/fuzz/guided/run.sh SECONDS [DIR [NAME...]]
#
# SECONDS for each; DIR holds sources to begin with (default: the tests' fixtures); NAME: framing, or a language (default: all).
# What has been found to reach something new is kept in tests/.cache/guided, and is begun with the next time. The first text that
# breaks a promise is kept and told, and ends the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
[ $# -ge 1 ] || { sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
seconds=$1 sources=$(realpath "${2:-tests/fixtures}")
shift $(($# < 2 ? $# : 2))
names=("$@")
[ $# -gt 0 ] || names=(framing python rust go java typescript typescriptreact javascript c cpp lua)

cache=$PWD/tests/.cache
export PATH="$cache/tools/bin:$PATH"
[ -x "$cache/tools/bin/cargo-fuzz" ] || cargo install --quiet --locked --root "$cache/tools" cargo-fuzz --version 0.13.2

# Without a sanitizer a stable compiler does: what is unsafe is LMDB's and the grammars', and not built for one.
fuzz() {
  local target=$1 corpus=$2; shift 2
  cargo fuzz run --sanitizer none --fuzz-dir tests/fuzz/guided --target-dir "$cache/guided/target" "$target" "$corpus" "$@" \
    -- -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=60 -max_len=20000 -print_final_stats=1
}

for name in "${names[@]}"; do
  corpus=$cache/guided/corpus/$name
  mkdir -p "$corpus"
  printf '\n== %s\n' "$name"
  if [ "$name" = framing ]; then
    fuzz framing "$corpus" tests/fuzz/guided/sessions
  else
    seeds=$cache/guided/seeds/$name
    rm -rf "$seeds" && mkdir -p "$seeds"
    case $name in
      python) like='*.py' ;; rust) like='*.rs' ;; typescript) like='*.ts' ;; javascript) like='*.js' ;; cpp) like='*.cpp' ;;
      typescriptreact) like='*.tsx' ;; *) like="*.$name" ;;
    esac
    find "$sources" -name "$like" -type f -size -20k | sort | awk 'NR <= 500' | while read -r file; do
      cp "$file" "$seeds/$(sha256sum "$file" | cut -c1-16)"
    done
    RUTTER_FUZZ_LANGUAGE=$name fuzz extraction "$corpus" "$seeds"
  fi
done
