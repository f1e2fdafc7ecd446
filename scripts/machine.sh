# shellcheck shell=bash
# Shared by ./check and ./demo: what the machine must have, and how to get it. Sourced, not run.

say() { printf '==> %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The Debian packages that are missing, one word each; `want TEST… -- PACKAGE…` adds to them.
missing=()

have() { command -v "$1" >/dev/null 2>&1; }

# want PACKAGES TEST…: remembers the packages when the test fails.
want() {
  local packages=$1
  shift
  # shellcheck disable=SC2206  # several packages in one word are meant to be split
  "$@" >/dev/null 2>&1 || missing+=($packages)
}

# A linker and the C library's headers: aws-lc and SQLite are compiled from their sources.
have_c_compiler() {
  local folder status=0
  have cc || return 1
  folder=$(mktemp -d)
  printf '#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n' >"$folder/a.c"
  cc -o "$folder/a" "$folder/a.c" || status=1
  rm -rf "$folder"
  return "$status"
}

install_missing() {
  [ "${#missing[@]}" -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then
      as_root=(sudo)
    else
      fail "please install as root: apt-get install ${missing[*]}"
    fi
  fi
  have apt-get || fail "this machine has no apt-get; please install by hand: ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  # Package lists may be old or absent on a fresh machine; apt's own words appear only if it fails.
  quietly "${as_root[@]}" apt-get -q update
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "${missing[@]}"
  missing=()
}

# Runs a command, keeping its output unless it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2
    rm -f "$log"
    fail "$* ended with $status"
  fi
  rm -f "$log"
}

need_rust() {
  # rustup puts cargo where a login shell finds it, which we may not be.
  have cargo || PATH="$HOME/.cargo/bin:$PATH"
  have cargo || fail "there is no Rust toolchain: install rustc and cargo $(rust_version) or newer, for example with rustup"
  local found
  found=$(rustc --version | cut -d ' ' -f 2)
  if [ "$(printf '%s\n%s\n' "$(rust_version)" "$found" | sort -V | head -n 1)" != "$(rust_version)" ]; then
    fail "rustc $found is too old, $(rust_version) or newer is needed"
  fi
}

rust_version() { sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml; }

target_folder() { printf '%s\n' "${CARGO_TARGET_DIR:-target}"; }
