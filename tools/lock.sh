#!/usr/bin/env bash
# Resolve requirements.lock: every library of the four distributions and of the development tools, for every platform,
# with hashes and without a word about where they come from (docs/adr/001-workspace-and-locks.md).
# usage: UV=path tools/lock.sh [--upgrade | --upgrade-package NAME]
set -euo pipefail
cd "$(dirname "$0")/.."
own=()
for project in packages/*/; do own+=(--no-emit-package "$(basename "$project")"); done
"${UV:?path of uv}" pip compile pyproject.toml --group dev --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate --quiet "${own[@]}" "$@" --output-file requirements.lock
echo "requirements.lock: $(grep -c '==' requirements.lock) libraries"
