# Sourced: a directory to work in, `work`, which goes with the script.
work=$(mktemp -d)
# A server that was just left closes its documents, for three seconds at most, and makes its index anew where that is gone.
leave() { rm -rf "$work" 2>/dev/null || { sleep 4; rm -rf "$work"; }; }
trap leave EXIT
