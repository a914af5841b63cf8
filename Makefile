# Everything one does with this checkout. `make run` and `make test` are each the only command a fresh clone needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-long check fix bench lock setup-dev machine

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check
COMPILE := $(VENV)/bin/pip-compile --quiet --allow-unsafe --generate-hashes --no-annotate --no-header --strip-extras \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host
PORT ?= 8000
SEED ?= $(shell date +%s)
export PORT SEED

help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(VENV)/.runtime  ## Install what running needs into .venv (at once when nothing changed)

run: setup  ## Serve the platform on http://127.0.0.1:8000 (PORT= for another port); Ctrl-C stops all of it
	@exec $(PYTHON) -m config.supervisor

demo: setup  ## Load the demo: two brands, real cases and 100,000 synthetic people
	@$(PYTHON) manage.py demo

test: setup-dev machine  ## Run the tests (ARGS= for pytest's arguments)
	@$(PYTHON) -m pytest -m "not long" $(ARGS)

test-long: setup-dev machine  ## Run the tests that take long (SEED= repeats a run); their figures go to docs/reliability.md
	@mkdir -p artefacts
	@status=0; $(PYTHON) -m pytest -m long --hypothesis-seed=$(SEED) --junit-xml=artefacts/long.xml $(ARGS) || status=$$?; \
	$(PYTHON) -m tests.reliability artefacts/long.xml docs/reliability.md; exit $$status

check: setup-dev  ## Lint, types, layers, generated pages, migrations (all of them, even if one fails)
	@status=0; step() { echo "-- $$*"; "$$@" || status=1; }; \
	step $(VENV)/bin/ruff check .; \
	step $(VENV)/bin/ruff format --check .; \
	step $(PYTHON) -m mypy .; \
	step $(VENV)/bin/lint-imports --no-cache; \
	step $(PYTHON) manage.py makemigrations --check --dry-run; \
	step $(PYTHON) -m tests.generated_pages --check; \
	step $(PYTHON) -m tests.catalogues --check; \
	exit $$status

fix: setup-dev  ## Mend what can be mended by a program: format, lint, generated pages
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .
	@$(PYTHON) -m tests.generated_pages
	@$(PYTHON) -m tests.catalogues

bench: setup-dev  ## Measure against named floors and peers, in one run; prints a table
	@$(PYTHON) -m bench $(ARGS)

lock: setup-dev  ## Lock the requirements anew, with hashes (ARGS=--upgrade for newer versions)
	@$(COMPILE) $(ARGS) --output-file=requirements.txt pyproject.toml
	@for name in build dev redis spark stores; do $(COMPILE) $(ARGS) --output-file=requirements/$$name.txt requirements/$$name.in; done

# Where nothing may be missing, Apache Spark is wanted as well.
setup-dev: $(VENV)/.development $(if $(LIGHTTOUCH_REQUIRE_ALL),$(VENV)/.spark)

machine:
	@.ci/machine

$(VENV)/.venv:
	@.ci/venv $(VENV)
	@touch $@

# The project itself comes last and apart: the installer refuses hashes beside an editable project.
$(VENV)/.runtime: $(VENV)/.venv requirements.txt requirements/build.txt pyproject.toml
	@echo "Installing into $(VENV): about a minute, this once."
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing the tools for testing and checking."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.spark: $(VENV)/.runtime requirements/spark.txt
	@echo "Installing Apache Spark for its test: 430 MB, about a minute."
	@$(INSTALL) --require-hashes -r requirements/spark.txt
	@touch $@
