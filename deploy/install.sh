#!/usr/bin/env bash
# Installs Rencontres for good on Debian or Ubuntu with systemd, brings it up to date, or takes it away again.
# `make install` and `make uninstall` run it, as root:
#
#   /opt/rencontres          the code, root's: a folder a version, and «current», which leads to the one in use
#   /etc/rencontres          config.toml, root's, which the user rencontres may read
#   /var/lib/rencontres      the database and the files people sent; the user rencontres's
#   /var/backups/rencontres  a backup of each night; the user rencontres's, out of the running program's reach
#
# With DESTDIR=FOLDER everything goes below that folder, without a user or a service, as tests and packages need it.
# With BACKUP=no there is no backup before an upgrade.
set -euo pipefail
# The system's own programs: a Python below somebody's home is out of the service's reach.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DESTDIR=${DESTDIR:-}
CODE=$DESTDIR/opt/rencontres
CONFIG=$DESTDIR/etc/rencontres/config.toml
STATE=$DESTDIR/var/lib/rencontres
BACKUPS=$DESTDIR/var/backups/rencontres
# Not /etc/systemd/system: what is there cannot be masked, as a machine does that leaves backups to another one.
UNITS=$DESTDIR/usr/local/lib/systemd/system
COMMAND=$DESTDIR/usr/local/bin/rencontres
UNIT_FILES=(rencontres.service rencontres-backup.service rencontres-backup.timer)
OWNER=rencontres

tell() { echo "-- $*"; }

fail() {
    echo "Error: $*" >&2
    exit 1
}

# Whether this is the machine itself, on which users and services are made.
on_this_machine() { [[ -z $DESTDIR ]]; }

systemd_runs() { on_this_machine && [[ -d /run/systemd/system ]]; }

check_machine() {
    if on_this_machine; then
        [[ $(id -u) == 0 ]] || fail "only root may do that: sudo make $1"
        command -v systemctl >/dev/null || fail "this machine has no systemd: see docs/hebergement.md for containers"
    fi
}

# Prints the first Python that is new enough and has venv.
find_python() {
    local python
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    fail "Python 3.11 or newer with venv is needed: apt install python3-venv"
}

make_user() {
    on_this_machine || return 0
    getent passwd "$OWNER" >/dev/null && return
    tell "The user $OWNER, who cannot log in"
    useradd --system --user-group --home-dir /var/lib/rencontres --no-create-home --shell /usr/sbin/nologin "$OWNER"
}

# make_folder MODE OWNER:GROUP FOLDER
make_folder() {
    mkdir -p "$3"
    chmod "$1" "$3"
    if on_this_machine; then chown "$2" "$3"; fi
}

make_folders() {
    make_folder 755 root:root "$CODE"
    make_folder 750 "root:$OWNER" "$(dirname "$CONFIG")"
    make_folder 700 "$OWNER:$OWNER" "$STATE"
    make_folder 700 "$OWNER:$OWNER" "$BACKUPS"
    mkdir -p "$UNITS" "$(dirname "$COMMAND")"
}

# build_release FOLDER: the code with an environment of its own. Every package is checked by the hash that its lock has
# of it, and is taken built: building one would run code from somewhere no hash was checked. The library for buckets is
# always there: without it, a program whose configuration names one could not make the backup before an upgrade.
build_release() {
    local python pip
    python=$(find_python)
    tell "The code, into $1, with $("$python" --version) (a minute)"
    "$python" -m venv "$1"
    pip=("$1/bin/python" -m pip --quiet --disable-pip-version-check)
    "${pip[@]}" install --no-deps --only-binary :all: --require-hashes \
        --requirement "$SOURCE/requirements.lock" --requirement "$SOURCE/requirements-s3.lock"
    "${pip[@]}" install --no-deps --no-build-isolation --no-index "$SOURCE"
    "$1/bin/python" -I -c "from bot.content.i18n import compile_catalogues as compile; compile()"
    "${pip[@]}" check >/dev/null || fail "the packages of requirements.lock do not fit $python: PYTHON=… names another"
}

# Copies the checkout's own config.toml if it has one, else the example; the database and the files get their places.
write_config() {
    if [[ -e $CONFIG ]]; then
        tell "The configuration stays as it is: $CONFIG"
        return
    fi
    local draft=$CONFIG.new example=$SOURCE/config.example.toml
    if [[ -e $SOURCE/config.toml ]]; then example=$SOURCE/config.toml; fi
    (umask 077 && sed \
        -e 's|^url = "sqlite:///rencontres.db"|url = "sqlite:////var/lib/rencontres/rencontres.db"|' \
        -e 's|^files = ""|files = "/var/lib/rencontres/files"|' "$example" >"$draft")
    chmod 640 "$draft"
    if on_this_machine; then chown "root:$OWNER" "$draft"; fi
    mv "$draft" "$CONFIG"
    tell "The configuration: $CONFIG, from $(basename "$example")"
    if [[ -e $SOURCE/rencontres.db ]]; then
        tell "A database is in $SOURCE. To take it over: make a backup there, then: rencontres restore FILE"
    fi
}

# Before a newer program changes the database: with the old program, by the service that does so each night. Of several
# machines one does so: when it has changed the database, the old program of the others cannot read it any more.
back_up_before_upgrade() {
    systemd_runs && [[ -e $CODE/current && -n $(ls -A "$STATE") ]] || return 0
    if [[ ${BACKUP:-yes} == no ]]; then
        tell "No backup before the upgrade, by BACKUP=no"
    elif [[ $(systemctl is-enabled rencontres-backup.timer 2>/dev/null) == masked ]]; then
        tell "No backup before the upgrade: another machine makes them, as rencontres-backup.timer is masked here"
    else
        tell "A backup before the upgrade, into $BACKUPS"
        systemctl start rencontres-backup.service ||
            fail "the backup failed, and nothing was changed: journalctl -u rencontres-backup. Without one: make install BACKUP=no"
    fi
}

# use_release FOLDER: the next start runs what is in it.
use_release() {
    ln -sfn "$(basename "$1")" "$CODE/current.new"
    mv -T "$CODE/current.new" "$CODE/current"
}

# Units of earlier versions, which those of today would stand behind.
drop_former_units() {
    local unit
    for unit in "${UNIT_FILES[@]/#/$DESTDIR/etc/systemd/system/}"; do
        if [[ -f $unit && ! -L $unit ]]; then rm "$unit"; fi
    done
}

install_units() {
    tell "The services ${UNIT_FILES[*]} and the command $COMMAND"
    local unit
    drop_former_units
    for unit in "${UNIT_FILES[@]}"; do install -m 644 "$SOURCE/deploy/$unit" "$UNITS/$unit"; done
    install -m 755 "$SOURCE/deploy/rencontres" "$COMMAND"
    if on_this_machine; then systemctl enable --quiet rencontres.service; fi
    if systemd_runs; then
        systemctl daemon-reload
        systemctl try-restart rencontres.service
    fi
}

# Deletes every release but the one in use.
drop_old_releases() {
    local release
    for release in "$CODE"/2*/; do
        [[ $(basename "$release") == "$(readlink "$CODE/current")" ]] || rm -rf "$release"
    done
}

show_what_is_left() {
    on_this_machine || return 0
    tell "What a start needs (rencontres check):"
    if "$COMMAND" check; then
        tell "All is well."
    else
        tell "Correct what is «failed» in $CONFIG, then look again: rencontres check"
    fi
    if systemd_runs && systemctl is-active --quiet rencontres.service; then
        tell "It runs. Follow it: journalctl -u rencontres -f"
    else
        tell "Start it: systemctl start rencontres; follow it: journalctl -u rencontres -f"
    fi
}

install_all() {
    check_machine install
    umask 022
    make_user
    make_folders
    back_up_before_upgrade
    RELEASE=$CODE/$(date -u +%Y%m%dT%H%M%SZ)
    trap 'rm -rf "$RELEASE"' EXIT # half of one is of no use
    build_release "$RELEASE"
    trap - EXIT
    write_config
    use_release "$RELEASE"
    install_units
    drop_old_releases
    show_what_is_left
}

uninstall_all() {
    check_machine uninstall
    local unit
    if on_this_machine && [[ -e $COMMAND ]]; then
        systemctl disable --quiet rencontres.service
        if systemd_runs; then systemctl stop "${UNIT_FILES[@]}"; fi
    fi
    drop_former_units
    for unit in "${UNIT_FILES[@]}"; do rm -f "$UNITS/$unit"; done
    if systemd_runs; then systemctl daemon-reload; fi
    rm -rf "$COMMAND" "$CODE"
    tell "The program is gone. People's data stay, with the user $OWNER, until you delete them:"
    local place
    for place in "$CONFIG" "$STATE" "$BACKUPS"; do
        if [[ -e $place ]]; then tell "   $place"; fi
    done
    tell "   and the PostgreSQL database, the folder or the bucket that [storage] in the configuration may name"
}

# Tests read this file for its functions.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    case "${1:-}" in
        install) install_all ;;
        uninstall) uninstall_all ;;
        *) fail "usage: install.sh install | uninstall" ;;
    esac
fi
