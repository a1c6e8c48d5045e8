#!/usr/bin/env bash
# The browser tests drive the system's Chromium ($CHROMIUM names another one) through Playwright, whose own Node needs
# libatomic, which a small Debian lacks.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium fonts-dejavu-core)
node=${PLAYWRIGHT_NODEJS_PATH:-$(ls .venv/lib/python3*/site-packages/playwright/driver/node)}
"$node" --version >/dev/null 2>&1 || missing+=(libatomic1)
[ ${#missing[@]} = 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== Debian packages ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
else
    echo "The browser tests need ${missing[*]}. As root: apt-get install ${missing[*]}; or name a Chromium: CHROMIUM=/path/to/chromium make test" >&2
    exit 1
fi
