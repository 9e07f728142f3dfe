#!/usr/bin/env bash
# Install the programs that the named groups need and this machine lacks, from Debian's or Ubuntu's packages.
#   scripts/install_system.sh [--check] GROUP...
#     base      make and a Python with venv
#     mysql     what the mysqlclient package is compiled with
#     services  MariaDB, Redis and nginx
#     browser   Chromium and a font
# --check only lists what is missing. Nothing is started, and no service is set to start by itself.
set -euo pipefail

PYTHON=${PYTHON:-python3}
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

have() { # any of the programs
    local program
    for program; do command -v "$program" >/dev/null 2>&1 && return 0; done
    return 1
}

python_says() { "$PYTHON" -c "$1" >/dev/null 2>&1; }

missing=()
want() { missing+=("$@"); }

# A Python of its own (pyenv, setup-python, …) brings its venv module and headers; Debian packs them apart.
python_package() {
    local version
    version=$("$PYTHON" -c 'import sys; print("python%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
    if [[ -n $version ]] && apt-cache show "$version-$1" >/dev/null 2>&1; then
        echo "$version-$1"
    else
        echo "python3-$1"
    fi
}

base() {
    have make || want make
    have "$PYTHON" || want python3
    python_says 'import ensurepip, venv' || want "$(python_package venv)"
}

mysql() {
    have cc gcc clang || want build-essential
    have pkg-config pkgconf || want pkg-config
    have mariadb_config mysql_config || want libmariadb-dev
    python_says 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' ||
        want "$(python_package dev)"
}

services() {
    have mariadbd || want mariadb-server
    have redis-server || want redis-server
    have nginx || want nginx-light
}

browser() {
    have chromium chromium-browser google-chrome || want chromium chromium-sandbox
    [[ -n $(fc-list 2>/dev/null) ]] || want fontconfig fonts-dejavu-core
}

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

give_up() {
    echo "These packages are missing: ${missing[*]}." >&2
    echo "$1" >&2
    exit 1
}

check_only=
[[ ${1:-} == --check ]] && { check_only=yes; shift; }
[[ $# -gt 0 ]] || usage
for group; do
    case $group in
        base | mysql | services | browser) "$group" ;;
        *) echo "Unknown group: $group" >&2; usage ;;
    esac
done

[[ ${#missing[@]} -eq 0 ]] && exit 0
[[ -z $check_only ]] || give_up "Install them with: scripts/install_system.sh $*"
have apt-get || give_up "This system has no apt-get; install what these Debian packages hold in its own way, then try again."

as_root=()
if [[ $(id -u) -ne 0 ]]; then
    have sudo || give_up "Install them as root: apt-get install ${missing[*]}"
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [[ -t 0 ]] || as_root=(sudo -n)
    "${as_root[@]}" true || give_up "sudo refused. Install them as root: apt-get install ${missing[*]}"
fi

echo "Installing ${missing[*]}"
"${as_root[@]}" bash -s -- "${missing[@]}" <<'ROOT'
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
policy=
trap 'rm -f "$log" $policy' EXIT

apt() { # shows what was said only when it failed
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >"$log" 2>&1 </dev/null || {
        cat "$log" >&2
        return 1
    }
}

# While packages are unpacked, this tells Debian not to start their services.
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
fi

apt update
packages=()
for package; do
    # Ubuntu has Chromium under another name, which comes with its own sandbox.
    if [[ $package == chromium* ]] && ! apt-cache show chromium-sandbox >/dev/null 2>&1; then
        package=chromium-browser
    fi
    packages+=("$package")
done
apt install --no-install-recommends "${packages[@]}"

# Nor do they start at the next boot; only services that came in just now are touched.
for package; do
    case $package in
        mariadb-server) service=mariadb ;;
        redis-server) service=redis-server ;;
        nginx-light) service=nginx ;;
        *) continue ;;
    esac
    if command -v systemctl >/dev/null; then
        systemctl disable --quiet "$service" 2>/dev/null || true
    else
        update-rc.d "$service" disable 2>/dev/null || true
    fi
done
ROOT
