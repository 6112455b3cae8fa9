#!/bin/sh
# Installs the Debian packages of scripts/packages.txt that are missing. Does nothing when all are there.
# Then the npm packages of tests/web, from its lock file, if they are not there.
#   scripts/setup.sh [all|program]     program: without what only tests, checks and training need
set -eu
cd "$(dirname "$0")/.."
part=${1:-all}
case "$part" in
  all | program) ;;
  *)
    echo "setup: found the part \"$part\", expected all or program" >&2
    exit 2
    ;;
esac

wanted_packages() {
  if [ "$part" = program ]; then
    sed -n '/^# --- to build and run/,$p' scripts/packages.txt
  else
    cat scripts/packages.txt
  fi | sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d'
}

missing_packages() {
  wanted_packages | while read -r package; do
    # Other packages of Node.js bring npm along and conflict with Debian's package of that name.
    [ "$package" = npm ] && command -v npm >/dev/null 2>&1 && continue
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = 'install ok installed' ] || echo "$package"
  done
}

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo 'setup: this is not a Debian system (no apt-get). Install what scripts/packages.txt names, then run' >&2
  echo 'setup: the targets with SETUP=0, for example: make build SETUP=0' >&2
  exit 2
fi

# The tests of the page in a browser say so and are skipped where this did not work.
install_node_modules() {
  [ "$part" = all ] || return 0
  cmp -s tests/web/package-lock.json tests/web/node_modules/.vitascope-lock && return 0
  echo 'setup: installing the npm packages of tests/web'
  if npm ci --prefix tests/web --no-audit --no-fund; then
    cp tests/web/package-lock.json tests/web/node_modules/.vitascope-lock
  else
    echo 'setup: npm ci did not work; the tests of the page in a browser will be skipped' >&2
  fi
}

missing=$(missing_packages | tr '\n' ' ')
if [ -z "$missing" ]; then
  install_node_modules
  exit 0
fi

if [ "$(id -u)" = 0 ]; then
  as_root=''
elif command -v sudo >/dev/null 2>&1; then
  as_root='sudo'
else
  echo 'setup: these packages are missing and can only be installed by root or with sudo:' >&2
  echo "setup:   apt-get install $missing" >&2
  exit 2
fi

install() {
  # Word splitting is wanted: one argument for each package.
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

available() {
  # shellcheck disable=SC2086
  apt-cache show --no-all-versions $missing >/dev/null 2>&1
}

echo "setup: installing $missing"
if ! available || ! install; then
  # The package lists are absent or older than the archive.
  $as_root apt-get update
  install
fi
install_node_modules
