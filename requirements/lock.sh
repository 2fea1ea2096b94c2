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
    --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@" -o "$target"
}
compile_all() {  # compile_all FOLDER ARGUMENTS...
  local folder=$1
  shift
  compile "$folder/dev.lock" --extra all --group dev pyproject.toml "$@"
  # What runs and what builds it have the versions that are tested: the others are cut out of dev.lock.
  compile "$folder/run.lock" --extra ingest --extra workers pyproject.toml -c "$folder/dev.lock"
  compile "$folder/ingest.lock" --extra ingest pyproject.toml -c "$folder/dev.lock"
  compile "$folder/workers.lock" --extra workers pyproject.toml -c "$folder/dev.lock"
  compile "$folder/build.lock" --group build -c "$folder/dev.lock"
}
if [ "${1:-}" = --check ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  # The current pins are preferences: the lock is stale only when pyproject.toml no longer agrees with it.
  cp requirements/*.lock "$scratch/"
  compile_all "$scratch"
  for lock in dev run ingest workers build; do
    if ! diff -q "requirements/$lock.lock" "$scratch/$lock.lock" >/dev/null; then
      echo "requirements/$lock.lock is not current: run 'make lock' and commit it" >&2
      exit 1
    fi
  done
  echo "locks are current"
else
  compile_all requirements "$@"
fi
