# Everything a person does with this project from a shell. Needs make, git and Python 3.11 or newer with venv.

VENV := .venv
BIN := $(VENV)/bin
# One more than there are cores, as tests also wait; each takes some ten seconds of a core before its first test.
WORKERS = $(shell $(PY) -c "import os; print(min((os.cpu_count() or 1) + 1, 6))")
PY := $(BIN)/python
# The first of these that is new enough and has venv makes the environment; another one: make setup PYTHON=python3.13
PYTHON := python3 python3.14 python3.13 python3.12 python3.11 python
# The locks are complete, so nothing is left to resolve.
# Only what is built already: building a package runs its code, from somewhere no hash was checked.
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all:
COMPILE := $(PY) -m uv pip compile --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --quiet --only-binary :all:
LOCK := $(COMPILE) pyproject.toml --group build
LOCK_S3 := $(COMPILE) --group s3
LOCK_REHEARSE := $(COMPILE) --group rehearse
LOCK_MAIL := $(COMPILE) --group mail
ARGS :=
NAME :=
# Tests start the program dozens of times: it is compiled once, also where the environment would have it compiled each time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo setup setup-dev install uninstall test quick crawl fuzz mutants check format catalogues capability letters lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

# simcord takes 32 MB, fonts mostly: only who asks for Discord waits for it.
demo: setup $(VENV)/.setup-mail $(if $(findstring --discord,$(ARGS)),$(VENV)/.setup-discord) ## the bot at work in a browser, with invented people and no token; Ctrl-C ends it; phones with Discord too: ARGS=--discord
	@$(BIN)/rencontres demo $(ARGS)

setup: $(VENV)/.setup ## what the program needs to run, in .venv

setup-dev: $(VENV)/.setup-dev ## what tests and checks need besides

install: ## for good, on this machine: a user, a service, a backup each night; as root, again to upgrade
	@deploy/install.sh install

uninstall: ## take away what install made; configuration, data and backups stay
	@deploy/install.sh uninstall

test: setup-dev ## every test; some of them: make test ARGS="-k theme"
	@$(PY) -m compileall -q bot handlers tools benchmarks # or each worker would
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

quick: setup-dev ## style, types and the tests nearest to what changed since the last commit; since another: ARGS="--since main"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(PY) -m tools.quick --processes $(WORKERS) $(ARGS)

crawl: setup-dev ## press every button as everyone, on the three platforms; more: ARGS="--presses 200 --seed 5"
	@$(PY) -m tools.crawl $(ARGS)

fuzz: setup-dev ## ten thousand odd updates, presses and requests to each way in; repeat one: make fuzz ARGS="--seed 8"
	@$(PY) -m tools.fuzz $(ARGS)

mutants: setup-dev ## change services and screens in 200 places, one by one: does a test notice? Others: ARGS="--seed 8", of one capability: ARGS="--only themes"
	@$(PY) -m tools.mutants $(ARGS)

check: setup-dev ## style, types, import contracts, catalogues, payloads, figures of the imports, where SQL stands, events of the log, wording
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(PY) -m tools.catalogues check
	@$(PY) -m tools.privacy_manual check
	@$(PY) -m tools.payloads check
	@$(PY) -m tools.imports
	@$(PY) -m tools.statements
	@$(PY) -m tools.log_events
	@$(PY) -m tools.weak_tests
	@$(PY) -m tools.wording
	@$(PY) -m tools.sizes

format: setup-dev ## put the code in order
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

capability: setup-dev ## a new capability that works, to be changed into yours: make capability NAME=walks
	@$(PY) -m tools.new_capability $(NAME) $(ARGS)

catalogues: setup-dev ## bring locales/ up to date with the messages in the code
	@$(PY) -m tools.catalogues update
	@$(PY) -m tools.catalogues update --root docs/example

letters: setup-dev ## list anew the letters that the fonts of prints have, after a change of their packages
	@$(PY) -m tools.letters

lock: setup-dev ## pin the dependencies anew after a change in pyproject.toml; newest of all: ARGS=--upgrade
	@$(LOCK) $(ARGS) --output-file requirements.lock
	@$(LOCK_S3) $(ARGS) --constraints requirements.lock --output-file requirements-s3.lock
	@$(LOCK_REHEARSE) $(ARGS) --constraints requirements.lock --output-file requirements-rehearse.lock
	@$(LOCK_MAIL) $(ARGS) --constraints requirements.lock --output-file requirements-mail.lock
	@$(LOCK) $(ARGS) --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## remove what was built or installed here; databases and settings stay
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .mutants
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what it was made from, or its recipe runs again.
$(VENV)/.setup: requirements.lock pyproject.toml $(PY)
	@echo "Installing what the program needs into $(VENV) (under a minute) ..."
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.setup-mail: requirements-mail.lock $(VENV)/.setup
	@$(INSTALL) --require-hashes --requirement requirements-mail.lock
	@touch $@

$(VENV)/.setup-discord: requirements-rehearse.lock $(VENV)/.setup
	@echo "Installing the Discord in memory (19 MB) ..."
	@$(INSTALL) --require-hashes --requirement requirements-rehearse.lock
	@touch $@

$(VENV)/.setup-dev: requirements-dev.lock $(VENV)/.setup
	@echo "Installing what tests and checks need ..."
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

# Each candidate is run, not only looked up: a version manager leaves names behind that answer with an error.
$(PY):
	@bare=; \
	for python in $(PYTHON); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    $$python -c 'import ensurepip, venv' 2>/dev/null || { bare=$$python; continue; }; \
	    echo "Making $(VENV) with $$($$python --version) ..."; \
	    exec $$python -m venv --clear $(VENV); \
	done; \
	if [ "$$bare" ]; then \
	    echo "$$bare lacks its venv module. On Debian and Ubuntu: sudo apt install $$bare-venv" >&2; \
	else \
	    echo "Rencontres needs Python 3.11 or newer, and none of these is: $(PYTHON)" >&2; \
	fi; exit 1
