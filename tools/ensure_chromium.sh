#!/usr/bin/env bash
# The browser tests drive the system's Chromium. $CHROMIUM names another one.
set -euo pipefail
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== Debian package chromium"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core </dev/null >/dev/null
else
    echo "The browser tests need Chromium. As root: apt-get install chromium; or name one: CHROMIUM=/path/to/chromium make test" >&2
    exit 1
fi
