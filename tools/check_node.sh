#!/usr/bin/env bash
# Fail with advice unless Node 20+ and npm are on PATH.
set -euo pipefail
major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/' || true)
if [ -z "$major" ] || [ "$major" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "The browser application is built with Node 20 or newer and npm; found: node ${major:-none}. Install both and run make again." >&2
    exit 1
fi
