#!/bin/sh
# Installs the Debian 12 packages that building and testing need, when they are missing. Idempotent;
# root, or sudo. Nothing is downloaded except through the package manager.
set -eu
packages="gcc g++ make pkg-config git ca-certificates bzip2 libc6-dev
libmicrohttpd-dev libsqlite3-dev libpq-dev libexpat1-dev libzip-dev libxlsxwriter-dev
libsodium-dev libssl-dev libcurl4-openssl-dev unzip libqrencode-dev libfreexl-dev libintelrdfpmath-dev libpcre2-dev libyaml-dev
unicode-data tzdata nodejs npm
clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14
sqlite3 postgresql-15 python3 chromium fonts-noto-cjk curl"
missing=
for p in $packages; do
  case "$p" in
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    npm) command -v npm >/dev/null 2>&1 && continue ;;
    python3) command -v python3 >/dev/null 2>&1 && continue ;;
  esac
  dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
  sudo=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "setup: root or sudo is needed to install:$missing" >&2; exit 1; }
    sudo=sudo
  fi
  echo "setup: installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq
  # A cluster is made by the tests themselves; the package must not start one.
  $sudo mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
  # shellcheck disable=SC2086
  $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
echo "setup: everything is installed"
