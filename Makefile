PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
OLD := $(VENV)/sqlalchemy14
POSTGRESQL := $(or $(LIMERUN_TEST_POSTGRESQL),postgresql+psycopg://127.0.0.1:5432/test)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo demo-naive install test test-sqlalchemy14 check lint types format bench picture clean

help:  ## Say what there is to make
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 19

demo: $(VENV)/.limerun  ## Run the guide's own case: import contracts; ends in PASSED
	$(BIN)/limerun capacity-test configs/import-contracts.yaml

demo-naive: $(VENV)/.limerun  ## The same job as one first writes it; ends in FAILED
	@echo limerun capacity-test configs/import-contracts-naive.yaml
	@$(BIN)/limerun capacity-test configs/import-contracts-naive.yaml; test $$? -eq 1

install: $(VENV)/.dev  ## Install limerun with everything that its developers need

test: $(VENV)/.dev  ## Run every test that this machine can run
	$(BIN)/python -m pytest

test-sqlalchemy14: $(OLD)/.installed  ## Test the stand-in under SQLAlchemy 1.4, the platform's own
	LIMERUN_TEST_POSTGRESQL=$(subst +psycopg:,+psycopg2:,$(POSTGRESQL)) \
		$(OLD)/bin/python -m pytest tests/lime

check: lint types  ## Lint, formatting, types

lint: $(VENV)/.dev  ## Lint and formatting, by ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## Types, by mypy in strict mode
	$(BIN)/mypy

format: $(VENV)/.dev  ## Format everything, by ruff
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench  ## Measure limerun itself; each figure beside its target
	$(BIN)/python -m tests.bench

picture: $(VENV)/.limerun  ## Draw the README's picture from a real run
	$(BIN)/python .github/picture.py

clean:  ## Remove what was made here
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# What the stand-in needs, what its tests need, and a driver that 1.4 knows.
$(OLD)/.installed: Makefile
	$(PYTHON) -m venv $(OLD)
	$(OLD)/bin/python -m pip install --quiet 'sqlalchemy==1.4.54' psycopg2-binary \
		hypothesis psutil pytest pyyaml
	@touch $@

$(VENV)/.limerun: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[profile]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.limerun

$(VENV)/.bench: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[bench,dev]'
	@touch $@ $(VENV)/.dev $(VENV)/.limerun
