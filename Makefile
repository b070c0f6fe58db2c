# `make help` tells what there is. Every step is redone only when what it is made from has changed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
DEMO ?= 1
WORKERS ?= 2

# The first interpreter that is new enough and can make a virtual environment.
PYTHON ?= $(firstword $(foreach python,python3.11 python3.12 python3.13 python3.14 python3,$(shell \
	$(python) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $(python))))

VENV := .venv
BIN := $(VENV)/bin
SCAN := .venv-scan
AUDIT := .venv-audit
# The locks are complete, so nothing is left to resolve; modules are compiled when first used.
INSTALL := $(BIN)/python -m pip -qq --disable-pip-version-check install --no-compile --no-deps
PACKAGES := survey kiosk aggregation deploy
STATIC_FOLDERS := $(wildcard $(addsuffix /static,$(PACKAGES)))
STATIC_FILES := $(if $(STATIC_FOLDERS),$(shell \
	find $(STATIC_FOLDERS) -type f ! -name '*.br' ! -name '*.gz'))

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(VENV)/.project $(VENV)/.static ## Everything the product needs to run, into .venv

.PHONY: run
run: install ## The demo office on http://localhost:8000 (PORT=8080; DEMO=0 for your own office)
	@$(BIN)/nilai serve --port $(PORT) $(if $(filter 0,$(DEMO)),,--demo)

.PHONY: check
check: $(VENV)/.dev ## Style, types, the import picture, templates
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary $(PACKAGES) tests
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(PACKAGES)

.PHONY: test
test: install $(VENV)/.dev ## The whole test suite, on SQLite and PostgreSQL (WORKERS=2)
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.debian
	@$(BIN)/python -m tests.real_provider
	@$(BIN)/python -m tests.compose_program
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

.PHONY: scan
scan: install $(VENV)/.dev $(SCAN)/.made ## The house's rules, secrets in tree and history, the list of parts
	@$(BIN)/python -m tests.scan

.PHONY: sbom
sbom: install ## The list of parts (SBOM) with their licences, into var/sbom.json
	@$(BIN)/python -m tests.scan.parts_list var/sbom.json

.PHONY: audit
audit: $(AUDIT)/.made ## Asks the package index which locked versions are known to be weak (optional; network)
	@$(AUDIT)/bin/pip-audit --strict --requirement requirements.txt --disable-pip --no-deps

.PHONY: soak
soak: install $(VENV)/.dev ## The long forms of the durability tests; all others on every database
	@$(BIN)/python -m pytest --numprocesses 0 --every-database -m soak
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --every-database

.PHONY: bench
bench: install $(VENV)/.dev ## How fair scores are to chance; cost of a rating, of tablets that waited, a large list, a close
	@$(BIN)/python -m tests.bench

.PHONY: lock
lock: $(VENV)/.uv ## The requirements files anew, from pyproject.toml
	@$(LOCK) --extra install --output-file requirements.txt pyproject.toml
	@$(LOCK) --extra install --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml
	@$(LOCK) --group scan --output-file requirements-scan.txt

LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url

.PHONY: clean
clean: ## Remove what was made; the data in var/ stays
	@rm -rf $(VENV) $(SCAN) $(AUDIT) *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find $(PACKAGES) tests -name __pycache__ -prune -exec rm -rf {} +
	@find $(PACKAGES) -path '*/static/*' \( -name '*.br' -o -name '*.gz' \) -delete

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed" \
		"(on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.requirements: requirements.txt | $(BIN)/python
	@$(INSTALL) --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.requirements
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.project
	@$(INSTALL) --require-hashes --requirement requirements-dev.txt
	@$(BIN)/python -m pip check
	@touch $@

# Semgrep's dependencies clash with ours.
$(SCAN)/.made: requirements-scan.txt | $(BIN)/python
	@$(PYTHON) -m venv $(SCAN)
	@$(SCAN)/bin/python -m pip -qq --disable-pip-version-check install --no-compile --no-deps \
		--require-hashes --requirement requirements-scan.txt
	@touch $@

$(AUDIT)/.made: | $(BIN)/python
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip -qq --disable-pip-version-check install pip-audit
	@touch $@

$(VENV)/.static: $(STATIC_FILES) $(VENV)/.requirements
	@for folder in $(STATIC_FOLDERS); do \
		$(BIN)/python -m whitenoise.compress --quiet $$folder; done
	@touch $@

$(VENV)/.uv: | $(BIN)/python
	@$(INSTALL) uv
	@touch $@
