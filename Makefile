# Everything a developer does, each with its own set-up: `make run` and `make test` work on a fresh clone.
# Needed beforehand: Python 3.11+, Node 20+, git, make. Why it is built this way: docs/adr/001-workspace-and-locks.md

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

UV_VERSION := 0.13.8
UV := .tools/uv-$(UV_VERSION)/bin/uv
PY := .venv/bin/python
LOCK := requirements.lock
WEB_DIST := packages/spanwise-server/src/spanwise_server/web/dist
ARGS ?=

PROJECTS := packages/spanwise packages/spanwise-server packages/spanwise-orchestrator packages/spanwise-kubernetes
WEB_SOURCES := $(shell [ ! -d web ] || find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/coverage/*' -not -name '*.tsbuildinfo')

# One Python for everything, and none that uv would fetch or that a shell has activated.
export UV_PYTHON_DOWNLOADS := never
export UV_HTTP_TIMEOUT ?= 180
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.PHONY: help setup run test check bench web lock format reference clean browser

help: ## Show what make can do
	@sed -nE 's/^([a-z]+):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r target what; do printf '  make %-8s%s\n' "$$target" "$$what"; done

setup: .venv/.installed $(WEB_DIST)/index.html ## Create .venv with every distribution and the spanwise command, build the browser application

run: setup ## Start the server with a demo project and sample agents on 127.0.0.1:3000 (options: ARGS="--port 4000")
	@$(PY) tools/run_demo.py $(ARGS)

test: setup browser ## Check and test everything (one stage: ARGS=packages; see tools/run_tests.py --list)
	@$(PY) tools/run_tests.py $(ARGS)

check: .venv/.installed web/node_modules/.installed ## Format, lint, types, contracts, architecture
	@$(PY) tools/run_tests.py check

bench: setup ## Measure (options: ARGS="--list")
	@$(PY) -m benches $(ARGS)

web: $(WEB_DIST)/index.html ## Build the browser application

lock: $(UV) ## Resolve requirements.lock anew (one library: ARGS="--upgrade-package httpx"; all: ARGS=--upgrade)
	@UV=$(UV) tools/lock.sh $(ARGS)

format: .venv/.installed ## Format and fix what a machine can fix
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix

reference: .venv/.installed ## Write the reference pages that are generated from the code
	@$(PY) -m tools.generate_reference

clean: ## Remove everything that make created, apart from the data of the demo
	rm -rf .venv .tools build $(WEB_DIST) web/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find packages tests tools examples benches -depth -name __pycache__ -exec rm -rf {} + 2>/dev/null || true

browser:
	@tools/ensure_browser.sh

# --- what the targets stand on; each file is a time stamp of finished work ---

$(UV): tools/install_uv.sh
	@tools/install_uv.sh $(UV_VERSION) .tools/uv-$(UV_VERSION)
	@touch $@

# First the build backend and the rest, every hash required; then exactly that and our four, so that nothing old remains.
.venv/.installed: $(UV) $(LOCK) $(addsuffix /pyproject.toml,$(PROJECTS)) packages/spanwise-server/hatch_build.py Makefile
	@echo "== Python libraries, as locked"
	@[ -x $(PY) ] || $(UV) venv --quiet --prompt spanwise --python "$$(tools/find_python.sh)" .venv
	@$(UV) pip install --quiet --python $(PY) --require-hashes --requirement $(LOCK)
	@printf -- '-e $(CURDIR)/%s\n' $(PROJECTS) > .venv/editable.txt
	@$(UV) pip sync --quiet --python $(PY) --no-build-isolation $(LOCK) .venv/editable.txt
	@touch $@

# Not `npm ci`: npm 11 refuses a lock when the index that wrote it lacked a package for some other platform, and mirrors do.
# `install --no-save` takes the same versions, verifies the same hashes, and leaves the lock alone.
web/node_modules/.installed: web/package-lock.json web/package.json
	@echo "== JavaScript libraries, as locked"
	@tools/check_node.sh
	@cd web && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB_DIST)/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@echo "== Browser application"
	@cd web && npm run --silent build
	@touch $@
