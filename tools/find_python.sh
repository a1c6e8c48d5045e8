#!/usr/bin/env bash
# Print the path of a Python that can run Spanwise. $PYTHON wins.
set -euo pipefail
for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
done
echo "No Python 3.11 or newer found. Install one (Debian: apt-get install python3) or name it: PYTHON=/path/to/python make setup" >&2
exit 1
