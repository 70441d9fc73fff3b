# The same commands for people and for CI. `make demo` and `make test` do all the set-up themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-deep check bench format readme blanks samples clean

demo: $(READY)
	$(BIN)/reportgen demo

test: check
	$(BIN)/pytest -n 2 -m "not deep"

test-deep: check
	$(BIN)/pytest -n 2

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What is generated and kept in the repository; tests fail when it is stale.
readme: $(READY)
	$(BIN)/python -m tests.readme_tables

blanks: $(READY)
	$(BIN)/python -m reportgen.workbook.blank.workbooks workbooks

samples: $(READY)
	$(BIN)/python -m samples.make_samples --keep

$(READY): pyproject.toml .ci/prepare
	sh .ci/prepare $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) demo-run build dist
