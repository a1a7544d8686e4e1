PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
OLD := $(VENV)/sqlalchemy14
PYTHON310 ?= python3.10
VENV310 := $(VENV)/python310
LOWEST := $(VENV)/lowest
DIST := $(VENV)/dist
POSTGRESQL := $(or $(LIMERUN_TEST_POSTGRESQL),postgresql+psycopg://127.0.0.1:5432/test)
QUICK := $(addprefix tests/,config judge lint measure records \
	$(addprefix report/test_,facts.py wording.py) \
	$(addprefix test_,docs.py layering.py segments.py units.py) \
	cli/test_commands.py::test_results_go_to_stdout_and_messages_to_stderr)
MEASURED_ALL = COVERAGE_FILE=$(VENV)/coverage/all $(BIN)/python -m coverage
MEASURED_PURE = COVERAGE_FILE=$(VENV)/coverage/pure $(BIN)/python -m coverage
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo demo-naive demo-improve install test test-quick coverage test-sqlalchemy14 \
	test-python310 test-lowest check lint types format dist constraints bench \
	records docs picture clean

help:  ## Show available targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 19

demo: $(VENV)/.limerun  ## Run the guide's own case: import contracts; ends in PASSED
	$(BIN)/limerun capacity-test configs/import-contracts.yaml

demo-naive: $(VENV)/.limerun  ## The same job as one first writes it; ends in FAILED
	@echo limerun capacity-test configs/import-contracts-naive.yaml
	@$(BIN)/limerun capacity-test configs/import-contracts-naive.yaml; test $$? -eq 1

demo-improve: $(VENV)/.limerun  ## Mend the naive import: a proven patch; ends in IMPROVED
	@$(BIN)/python -m pip install --quiet --editable '.[lint,profile]'
	@echo limerun improve configs/import-contracts-naive.yaml --patch $(VENV)/improved.patch
	@$(BIN)/limerun improve configs/import-contracts-naive.yaml --patch $(VENV)/improved.patch

install: $(VENV)/.dev  ## Install limerun with everything that its developers need

test: $(VENV)/.dev  ## Run every test that this machine can run
	$(if $(COVERAGE),$(MEASURED_ALL) erase)
	$(if $(COVERAGE),$(MEASURED_ALL) run,$(BIN)/python) -m pytest -n auto --dist loadfile

test-quick: $(VENV)/.dev  ## Run the tests of the pure stages, and one real run
	$(BIN)/python -m pytest -n auto --dist loadfile $(QUICK)

coverage: COVERAGE = 1
coverage: test  ## Run every test; check branch coverage: all 95 %, pure stages 100 %
	$(MEASURED_ALL) combine -q
	$(MEASURED_ALL) report --skip-covered --show-missing --fail-under=95
	$(MEASURED_PURE) erase
	$(MEASURED_PURE) run -m pytest -q -m "not hypothesis" tests/judge tests/lint tests/measure tests/records tests/report
	$(MEASURED_PURE) combine -q
	$(MEASURED_PURE) report --skip-covered --show-missing --fail-under=100 \
		--include='limerun/judge/*,limerun/lint/*,limerun/measure/*,limerun/records/*,limerun/report/content/*'

test-sqlalchemy14: $(OLD)/.installed  ## Test the stand-in under SQLAlchemy 1.4, the platform's own
	LIMERUN_TEST_POSTGRESQL=$(subst +psycopg:,+psycopg2:,$(POSTGRESQL)) \
		$(OLD)/bin/python -m pytest tests/lime

test-python310: $(VENV310)/.installed $(VENV)/.dev  ## Test workers and the stand-in under Python 3.10
	LIMERUN_TEST_POSTGRESQL=$(POSTGRESQL) $(VENV310)/bin/python -m pytest tests/lime
	LIMERUN_TEST_PYTHON310=$(abspath $(VENV310)/bin/python) \
		$(BIN)/python -m pytest tests/cli/test_python310.py

test-lowest: $(LOWEST)/.installed  ## Run every test with the oldest libraries allowed
	$(LOWEST)/bin/python -m pytest -n auto --dist loadfile

check: lint types  ## Lint, formatting, types

lint: $(VENV)/.dev  ## Lint and formatting, by ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## Types, by mypy in strict mode
	$(BIN)/mypy

format: $(VENV)/.dev  ## Format everything, by ruff
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dist: $(DIST)/.installed  ## Build wheel and sdist, check them, and run what they install
	rm -rf dist
	$(DIST)/bin/python -m build --quiet
	$(DIST)/bin/python -m twine check --strict dist/*
	$(PYTHON) -m venv --clear $(DIST)/wheel
	$(DIST)/wheel/bin/python -m pip install --quiet dist/*.whl
	$(DIST)/wheel/bin/limerun --version
	$(DIST)/wheel/bin/limerun capacity-test configs/import-contracts.yaml --quiet

constraints: $(VENV)/.dev  ## Write down the versions that are installed here
	$(BIN)/python -m pip freeze --exclude-editable > .github/constraints.txt

bench: $(VENV)/.bench  ## Measure limerun itself; each figure beside its target
	$(BIN)/python -m tests.bench

records: $(VENV)/.dev  ## Write the example records and the record's JSON Schema again
	$(BIN)/python -m tests.report.make_records

docs: $(VENV)/.dev  ## Write the generated tables of the documentation again
	$(BIN)/python -m tests.make_docs

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

# A worker's interpreter with the stand-in's needs, its tests', and the profilers.
$(VENV310)/.installed: Makefile
	$(PYTHON310) -m venv $(VENV310)
	$(VENV310)/bin/python -m pip install --quiet 'sqlalchemy>=2,<3' 'psycopg[binary]' \
		hypothesis psutil pyinstrument pytest pyyaml
	@touch $@

# uv, since pip cannot choose the lowest versions.
$(LOWEST)/.installed: pyproject.toml
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python \
		--resolution lowest-direct --editable '.[dev]'
	@touch $@

$(DIST)/.installed: Makefile
	$(PYTHON) -m venv $(DIST)
	$(DIST)/bin/python -m pip install --quiet build twine
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
