#!/usr/bin/env bash
# Write the hash-pinned locks from pyproject.toml, or with --check say whether they are current.
# A lock names no index: whichever one the machine is set up for serves the same hashes.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
[ -x "$uv" ] || uv=uv
compile() {  # compile TARGET ARGUMENTS...
  local target=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.12 --no-python-downloads --generate-hashes \
    --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@" pyproject.toml -o "$target"
}
if [ "${1:-}" = --check ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  # The current pins are preferences: the lock is stale only when pyproject.toml no longer agrees with it.
  cp requirements/dev.lock requirements/run.lock "$scratch/"
  compile "$scratch/dev.lock" --extra train --group dev
  compile "$scratch/run.lock" -c "$scratch/dev.lock"
  for lock in dev run; do
    if ! diff -q "requirements/$lock.lock" "$scratch/$lock.lock" >/dev/null; then
      echo "requirements/$lock.lock is not current: run 'make lock' and commit it" >&2
      exit 1
    fi
  done
  echo "locks are current"
else
  compile requirements/dev.lock --extra train --group dev "$@"
  compile requirements/run.lock -c requirements/dev.lock
fi
