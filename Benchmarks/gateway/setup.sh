#!/bin/sh
# Gets the programs that the gateway benchmark compares with, from Debian's archive alone:
# HAProxy, nginx with its mail module, and Postfix with smtp-source and smtp-sink.
#
# The packages are unpacked into one folder and run from there. No maintainer script runs, so
# nothing is installed, enabled or started, and the machine's own packages stay as they are.
#
#   ${GATEPOST_PEERS:-/var/cache/gatepost-peers}-bench
#
# Needs root on Debian 12. Running it again is quick: what is there is left alone.
set -eu

peers=${GATEPOST_PEERS:-/var/cache/gatepost-peers}-bench
packages="haproxy nginx libnginx-mod-mail postfix"

is_complete() {
    for file in sbin/haproxy sbin/nginx lib/nginx/modules/ngx_mail_module.so sbin/smtp-source sbin/smtp-sink; do
        [ -e "$peers/usr/$file" ] || return 1
    done
}

# With whatever libraries this machine lacks. One of the packages that is installed already is
# downloaded all the same.
download() {
    mkdir "$work/partial"
    apt-get update -qq || true # another archive on the list may be away; if Debian's is, the next line says so
    # shellcheck disable=SC2086  # one word a package
    apt-get install -qq --download-only --reinstall --yes --no-install-recommends \
        -o Dir::Cache::archives="$work" -o APT::Sandbox::User=root $packages >/dev/null
}

unpack() {
    mkdir "$work/root"
    for file in "$work"/*.deb; do dpkg-deb -x "$file" "$work/root"; done
    chmod 755 "$work/root"
    rm -rf "$peers"
    mkdir -p "$(dirname "$peers")"
    mv "$work/root" "$peers"
}

[ "$(id -u)" = 0 ] || { echo "setup.sh: needs root" >&2; exit 1; }
if ! is_complete; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    download
    unpack
fi
echo "the benchmark's programs are in $peers ($(du -sh "$peers" | cut -f1))"
