# `make demo` and `make test` set up everything they need; the other targets are parts of these two.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT   ?= 8000
BIN    := .venv/bin
STATIC := interfaces/web/static/govuk-frontend.min.css
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: demo test system setup lint types imports docs-check unit coverage bench bench-million crash damage failover screens lock clean

demo: setup            ## load the worked case and serve it on 127.0.0.1 (PORT=9000 for another port)
	$(BIN)/hub demo --port $(PORT)

test: setup lint types imports docs-check unit    ## every check; pytest's closing line comes last

# ---- setting up: each step only when something it rests on has changed

system:                ## what the operating system must have: installed when root, otherwise named
	@missing=""; \
	$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || missing="python3 python3-venv"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v strace >/dev/null || missing="$$missing strace"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	find /usr/share/fonts -name LiberationSans-Regular.ttf 2>/dev/null | grep -q . || missing="$$missing fonts-liberation"; \
	test -z "$$missing" || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "Please install what is missing, as root, then try again:"; \
	    echo "  apt-get update && apt-get install -y --no-install-recommends" $$missing; exit 1; }; \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; }

setup: system $(BIN)/hub $(STATIC)

.venv/locked: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

$(BIN)/hub: .venv/locked pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# npm from the system where there is one, else from a wheel beside the rest
node_modules/.package-lock.json: package.json package-lock.json .npmrc requirements-node.txt | .venv/locked
	@command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b > 18 ? 0 : 1)' \
	  2>/dev/null || test -x $(BIN)/npm || $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-node.txt
	PATH="$$(test -x $(BIN)/npm && echo $(CURDIR)/$(BIN):)$$PATH" npm ci
	@touch $@

$(STATIC): node_modules/.package-lock.json interfaces/web/assets.py | .venv/locked
	$(BIN)/python -m interfaces.web.assets node_modules interfaces/web/static

# ---- the checks

lint:
	$(BIN)/ruff check --quiet .

types:
	$(BIN)/mypy --no-error-summary

imports:
	$(BIN)/lint-imports --no-logo

docs-check:            ## generated documents are as the code makes them
	$(BIN)/hub policy-tables --check docs/policy-tables.md

unit:                  ## the rules by their own tests, every line and branch of them; then everything else
	$(BIN)/pytest -q tests/domain tests/policies --cov=domain --cov=policies --cov-report=term --cov-fail-under=100
	$(BIN)/pytest -q -n 2 --ignore=tests/domain --ignore=tests/policies

coverage:              ## which lines and branches the tests have not reached; domain and policies must have none
	$(BIN)/pytest -q -n 2 --cov --cov-report=term
	$(BIN)/coverage report --include='domain/*,policies/*' --fail-under=100

bench: setup .venv/benched    ## the store's figures, and the hub beside what one would otherwise build, here and now
	$(BIN)/python -m benchmarks.case
	$(BIN)/python -m benchmarks.store
	$(BIN)/python -m benchmarks.beside

bench-million: setup   ## time and memory of `hub verify` and `hub rebuild` at a million events
	$(BIN)/python -m benchmarks.million

# what the hub is measured beside; nothing else needs it
.venv/benched: requirements-bench.txt .venv/locked
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

screens: setup         ## take the pictures of docs/tour.md again, from a demo of its own
	$(BIN)/python -m tests.browser.screens

failover:              ## kill a PostgreSQL primary under its writers, three times, and count what was lost
	$(BIN)/python -m tests.faults.failover --rounds 3

damage:                ## 10,000 copies of three stores damaged at random: each named by the check, or shown without effect
	$(BIN)/python -m tests.faults.damage --copies 10000

crash:                 ## a recording process killed, failed by its disk at every write, fsync and truncate, and its power cut
	$(BIN)/python -m tests.faults.crash
	$(BIN)/python -m tests.faults.power_cut

# ---- keeping house

LOCK = build/uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
       --no-emit-find-links --no-header --no-annotate $(UPGRADE)
lock:                  ## write the lock files again from the .in files and package.json (UPGRADE=--upgrade for newer ones)
	$(PYTHON) -m venv build/uv && build/uv/bin/pip install -q uv==0.13.9
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-bench.in -o requirements-bench.txt
	$(LOCK) requirements-node.in -o requirements-node.txt
	npm install --package-lock-only

clean:                 ## removes what make has set up and what tools have written; the demo store in .hub stays
	rm -rf .venv node_modules build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	rm -rf interfaces/web/static/*-frontend.min.* interfaces/web/static/images
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
