# make demo | test | check | native | pure | docs | picture | train | bench | fuzz | dist | sbom | clean
# Each target sets up the virtual environment that it needs, once. VENV=folder puts it elsewhere.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
SOURCES := src tests training benchmarks docgen mkdocs_hook.py
FIGURES := src/cleanpage/arbiter/figures.md
DIST ?= dist
COMPILED := -name '*.so' -o -name '*.pyd' -o -name compiled.json

.PHONY: demo test check native pure docs picture train bench fuzz dist sbom clean
.DELETE_ON_ERROR:

demo: $(VENV)/.base
	$(BIN)/cleanpage examples/french-news.html
	$(BIN)/cleanpage --blocks examples/french-news.html

test: $(VENV)/.dev
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(SOURCES)
	$(BIN)/python -m pytest

# Compiles the hot modules anew, beside their sources. After an edit of one, all sources run as they are until then.
native: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	$(BIN)/cleanpage --version

pure:
	find src \( $(COMPILED) \) -delete

docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# The report in the README and the docs, after a change to it. Needs Chromium.
picture: $(VENV)/.base
	$(BIN)/python -m docgen.screenshot

# An hour on two cores: the weights, those that leave out each fold of sites, and what these measure.
train: $(VENV)/.train $(VENV)/.dev
	$(BIN)/python -m training.train --folds build/folds
	CLEANPAGE_FOLDS=build/folds $(BIN)/python -m benchmarks.calibration --write
	CLEANPAGE_FOLDS=build/folds $(BIN)/python -m benchmarks.compare --extractors cleanpage --output $(FIGURES)
	CLEANPAGE_FOLDS=build/folds $(BIN)/python -m benchmarks.data_sheet --write

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.compare
	$(BIN)/python -m benchmarks.speed

# For the night: MINUTES=60. What breaks is in build/fuzz/crashes. The sources, not compiled, so that coverage is seen.
MINUTES ?= 5
fuzz: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	rm -rf build/fuzz/src
	mkdir -p build/fuzz/src
	cp -r src/cleanpage build/fuzz/src
	find build/fuzz/src \( $(COMPILED) \) -delete
	PYTHONPATH=build/fuzz/src:. $(BIN)/python -m benchmarks.fuzz --minutes $(MINUTES) --folder build/fuzz

# The source distribution and two wheels, checked: one for this Python and platform, and one that is pure Python.
dist: $(VENV)/.dev
	$(BIN)/python -m build --outdir $(DIST)
	CLEANPAGE_PURE=1 $(BIN)/python -m build --wheel --outdir $(DIST)
	$(BIN)/twine check --strict $(DIST)/*.whl $(DIST)/*.tar.gz
	$(BIN)/check-wheel-contents $(DIST)/*.whl

# The bill of materials, in CycloneDX: what an installation without extras brings along, in the releases that pip takes.
sbom: $(VENV)/.dev
	rm -rf build/sbom
	$(PYTHON) -m venv --without-pip build/sbom
	CLEANPAGE_PURE=1 $(BIN)/python -m pip --python build/sbom/bin/python install --quiet .
	mkdir -p $(DIST)
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		--output-file $(DIST)/cleanpage.cdx.json build/sbom/bin/python

clean: pure
	rm -rf $(VENV) build dist site

# pip older than 23.3 stops with an assertion on the names of lxml's extras, so it is upgraded first.
$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cleanpage needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

# A stamp is newer than pyproject.toml when what it lists is installed.
$(VENV)/.base: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(VENV)/.base $@

$(VENV)/.train: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	touch $(VENV)/.base $@
