#!/usr/bin/env bash
# Prepare this machine, in two steps that `make setup` calls when their inputs changed:
#   setup.sh dependencies   system packages, .venv, locked Python packages
#   setup.sh build          compile both native parts into the working copy
# Where something is missing that it may not install, it says in one line what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

# Compilers and libraries: without them nothing builds. python3-dev brings Python.h for Debian's own Python.
needed=(build-essential libturbojpeg0-dev python3-venv python3-dev)
# CJK fonts of many styles: the simulator engraves its dies with them.
fonts=(fonts-noto-cjk fonts-noto-cjk-extra fonts-arphic-ukai fonts-arphic-uming fonts-arphic-gbsn00lp
  fonts-arphic-gkai00mp fonts-wqy-zenhei fonts-wqy-microhei fonts-lxgw-wenkai)

# The tests open the report in a real browser, and `make lint` checks the types of its script. Neither is shipped.
web=(chromium node-typescript)

fail() {
  echo "setup: $1" >&2
  exit 1
}

missing_of() {
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

install_system_packages() {
  command -v dpkg-query >/dev/null || {
    echo "setup: not a Debian system; install these packages' counterparts yourself: ${needed[*]} ${fonts[*]} ${web[*]}" >&2
    return
  }
  local wanted
  mapfile -t wanted < <(missing_of "${needed[@]}" "${fonts[@]}" "${web[@]}")
  [ ${#wanted[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || fail "packages are missing; run: sudo apt-get install -y ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # A release may lack a font, or have the browser under another name; only the compilers' packages are worth a stop.
  for package in "${wanted[@]}"; do
    apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
      echo "setup: apt-get could not install $package" >&2
  done
  mapfile -t wanted < <(missing_of "${needed[@]}")
  [ ${#wanted[@]} -eq 0 ] || fail "these packages could not be installed: ${wanted[*]}"
}

check_tools() {
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Python 3.11 or newer is needed; install: apt-get install python3 (Debian 12, Ubuntu 24.04 or newer)"
  command -v cargo >/dev/null || fail "cargo is missing; install Rust >= 1.90 with rustup (https://rustup.rs)"
  local version
  version=$(cargo --version | cut -d' ' -f2)
  [ "$(printf '%s\n' 1.90.0 "$version" | sort -V | head -1)" = 1.90.0 ] ||
    fail "cargo $version is too old; run: rustup update stable (Rust >= 1.90)"
}

case "${1:-}" in
dependencies)
  install_system_packages
  check_tools
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
  ;;
build)
  check_tools
  # No isolation: the locked Cython and maturin are used, and cargo's target folder makes this incremental.
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
  ;;
*)
  fail "usage: tools/setup.sh dependencies|build"
  ;;
esac
