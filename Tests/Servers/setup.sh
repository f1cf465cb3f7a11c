#!/bin/sh
# Gets the real mail servers and clients that these tests run, from Debian's archive alone.
#
# Debian's mail servers conflict with one another, so each is unpacked into a layer of its own over
# one shared base; a test mounts both (see enter-root.sh). Unpacking runs no maintainer script, so
# nothing is ever started, and the machine's own packages stay as they are. Only ordinary clients
# (swaks, curl, msmtp) and pytest are installed in the usual way.
#
#   $GATEPOST_PEERS (/var/cache/gatepost-peers)
#     base/                                the libraries and tools that any of the servers needs
#     postfix/ exim/ sendmail/ opensmtpd/  what only that server's packages hold
#     bin/smtp-source bin/smtp-sink        Postfix's load tools, runnable from outside
#
# Needs root on Debian 12. Running it again is quick: what is there is left alone.
set -eu

peers=${GATEPOST_PEERS:-/var/cache/gatepost-peers}
architecture=$(dpkg --print-architecture)
tools="usr-is-merged base-passwd coreutils dash diffutils findutils grep hostname mawk sed util-linux"
servers="postfix exim sendmail opensmtpd"

packages_of() {
    case $1 in
        postfix)   echo postfix ;;
        exim)      echo exim4-config exim4-base exim4-daemon-heavy ;;
        sendmail)  echo sendmail-base sendmail-cf sendmail-bin ;;
        opensmtpd) echo opensmtpd ;;
    esac
}

install_clients() {
    missing=
    for package in swaks curl msmtp python3-pytest python3-jsonschema; do
        dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return
    refresh_package_lists
    # shellcheck disable=SC2086  # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $missing >/dev/null
}

# Once a run. Another archive on this machine's list may be away; if Debian's is, the download says so.
refresh_package_lists() {
    [ -n "${lists_are_fresh:-}" ] || apt-get update -qq || true
    lists_are_fresh=yes
}

# Every package that the server needs on an empty machine, the machine's own state notwithstanding.
download_for() {
    # shellcheck disable=SC2046,SC2086  # one word a package
    apt-get install -qq --download-only --yes --no-install-recommends \
        -o Dir::State::status="$work/no-packages" -o Dir::Cache::archives="$work" \
        -o APT::Sandbox::User=root $tools $(packages_of "$1") >/dev/null
}

# Debian 12's /bin, /sbin and /lib are links. Both halves of an overlay must agree on that.
new_layer() {
    mkdir -p "$1/etc"
    for name in bin sbin lib lib64; do
        mkdir -p "$1/usr/$name"
        ln -s "usr/$name" "$1/$name"
    done
}

unpack() {
    dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2" \
        --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
        --exclude='./usr/share/perl/*' --exclude='./usr/lib/*/perl/*' --exclude='./usr/lib/*/gconv/*'
}

# Accounts that the packages' scripts would have made, and names that never leave the machine.
furnish_base() {
    cat "$1/usr/share/base-passwd/passwd.master" - >"$1/etc/passwd" <<'END'
postfix:x:201:201::/var/spool/postfix:/usr/sbin/nologin
Debian-exim:x:202:202::/var/spool/exim4:/usr/sbin/nologin
smmta:x:203:203::/var/lib/sendmail:/usr/sbin/nologin
smmsp:x:204:204::/var/lib/sendmail:/usr/sbin/nologin
opensmtpd:x:205:205::/var/lib/opensmtpd/empty:/usr/sbin/nologin
opensmtpq:x:206:206::/var/lib/opensmtpd/empty:/usr/sbin/nologin
END
    cat "$1/usr/share/base-passwd/group.master" - >"$1/etc/group" <<'END'
postfix:x:201:
Debian-exim:x:202:
smmta:x:203:
smmsp:x:204:
opensmtpd:x:205:
opensmtpq:x:206:
postdrop:x:207:
END
    echo 'hosts: files' >"$1/etc/nsswitch.conf"
    echo 'nameserver 127.0.0.54' >"$1/etc/resolv.conf" # where nobody listens: an answer at once, and no
    cat >"$1/etc/hosts" <<'END'
127.0.0.1  localhost behind.test
127.0.0.2  office.test
127.0.0.9  stranger.test
END
    mkdir -p "$1/dev" "$1/proc" "$1/root" "$1/run" "$1/tmp" "$1/var/log" "$1/var/mail" "$1/var/spool" "$1/var/tmp"
    ln -s /run "$1/var/run"
    chmod 1777 "$1/tmp" "$1/var/tmp"
}

# The binaries run with the libraries they were unpacked with, without entering the root.
wrap_postfix_tool() {
    libraries=$(echo "$peers"/base/usr/lib/*-linux-gnu*)
    loader=$(echo "$peers"/base/usr/lib/ld-linux*.so.* "$peers"/base/usr/lib64/ld-linux*.so.* | tr ' ' '\n' | grep -vF '*')
    mkdir -p "$peers/bin"
    cat >"$peers/bin/$1" <<END
#!/bin/sh
exec "$loader" --library-path "$peers/postfix/usr/lib/postfix:$libraries" "$peers/postfix/usr/sbin/$1" "\$@"
END
    chmod 755 "$peers/bin/$1"
}

build_peers() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/partial"
    : >"$work/no-packages"
    refresh_package_lists
    for server in $servers; do download_for "$server"; done

    new=$work/peers
    new_layer "$new/base"
    for server in $servers; do
        new_layer "$new/$server"
        for package in $(packages_of "$server"); do
            for file in "$work/${package}"_*.deb; do
                unpack "$file" "$new/$server"
                rm "$file"
            done
        done
    done
    for file in "$work"/*.deb; do unpack "$file" "$new/base"; done
    furnish_base "$new/base"

    rm -rf "$peers"
    mkdir -p "$(dirname "$peers")"
    mv "$new" "$peers"
    wrap_postfix_tool smtp-source
    wrap_postfix_tool smtp-sink
    recipe >"$peers/recipe"
}

# What the peers were made by: another recipe means making them anew.
recipe() { sha256sum <"$0"; echo "$architecture"; }

[ "$(id -u)" = 0 ] || { echo "setup.sh: needs root" >&2; exit 1; }
install_clients
if [ "$(recipe)" != "$(cat "$peers/recipe" 2>/dev/null)" ]; then build_peers; fi
echo "peers are in $peers ($(du -sh "$peers" | cut -f1))"
