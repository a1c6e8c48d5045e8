#!/usr/bin/env bash
# Install the pinned uv into a folder of the working tree, so that nothing depends on a uv of the machine.
# usage: tools/install_uv.sh VERSION FOLDER
set -euo pipefail
version=$1
folder=$2
python=$("$(dirname "$0")/find_python.sh")

echo "== uv $version into $folder"
rm -rf "$folder"
if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
    # Debian ships Python without ensurepip unless python3-venv is installed.
    rm -rf "$folder"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "== Debian package python3-venv"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq </dev/null
        apt-get install -y -qq --no-install-recommends python3-venv </dev/null >/dev/null
    else
        echo "$python cannot create virtual environments. As root: apt-get install python3-venv; then run make again." >&2
        exit 1
    fi
    "$python" -m venv "$folder"
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "uv==$version"
