# Two commands: `make run` and `make test`. Needs Python 3.11+ and make; everything else is brought here.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export REFLEX_TELEMETRY_ENABLED := false

.PHONY: run dev test check setup setup-test lock clean help

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

run: setup ## start Babble: http://localhost:8000 (BABBLE_PORT)
	@$(PY) -m babble_app run

dev: setup ## the same, reloading when a file changes
	@$(PY) -m babble_app run --dev

test: setup-test ## all checks and tests
	@$(PY) -m tests.run_checks

setup: $(VENV)/.installed

setup-test: $(VENV)/.installed-dev
	@$(PY) -m tests.find_chromium
	@$(PY) -m tests.find_redis

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Babble needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=python3.12, or install one."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. Debian: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock | $(VENV)/.python
	@echo "Installing Babble's packages (about a minute, once)..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements.lock requirements-dev.lock | $(VENV)/.python
	@echo "Installing Babble's packages and the test tools (about a minute, once)..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.installed

lock: ## write the lock files anew from requirements*.txt
	@# Extras stay: for `coverage[toml]` pip would else look at releases newer than the lock's, and find them without a hash.
	@$(PY) -m pip install --quiet uv
	@$(VENV)/bin/uv pip compile --universal --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet requirements.txt -o requirements.lock
	@$(VENV)/bin/uv pip compile --universal --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet requirements-dev.txt -c requirements.lock -o requirements-dev.lock

check: setup-test ## lint, types, import contracts and unit tests only
	@$(PY) -m tests.run_checks --quick

clean: ## remove what was built (not your data)
	@rm -rf .web .states $(VENV)
