#!/usr/bin/env bash
# Make the virtual environment from the hash-pinned lock: deploy/setup.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.12 python3.13 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
  rm -rf "$venv"
  if python=$(find_python); then
    echo "setup: virtual environment with $("$python" -V)"
    if ! "$python" -m venv "$venv" 2>/dev/null; then
      echo "setup: $python cannot make virtual environments: install its venv module (Debian: apt-get install python3-venv)" >&2
      exit 2
    fi
  elif command -v uv >/dev/null; then
    echo "setup: virtual environment with uv"
    uv venv --quiet --seed --python 3.12 "$venv"
  else
    echo "setup: no Python 3.12 or 3.13 found: install one (pyenv install 3.12, or uv), or name it with PYTHON=..." >&2
    exit 2
  fi
fi
echo "setup: packages from requirements/dev.lock (about a minute the first time)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "setup: ready"
