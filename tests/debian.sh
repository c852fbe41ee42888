# Sourced. debian PROGRAM PACKAGE...: makes sure that a program is there.
debian() {
  local program=$1; shift
  command -v "$program" >/dev/null && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
  else
    echo "$program is missing: install it (on Debian: apt-get install $*), then run this again." >&2
    return 1
  fi
}
