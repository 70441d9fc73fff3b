# The same commands for people and for CI. `make demo` and `make test` do all the set-up themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)-tools/bin
READY := $(VENV)/.ready

.PHONY: pictures demo test test-deep test-real-model check bench bench-table format readme blanks samples pins locked bom audit apart lowest newest installed clean coverage mutants

demo: $(READY)
	$(BIN)/reportgen demo

test: check
	$(BIN)/pytest -n 2 -m "not deep"

# Lines and branches that the tests run, by room; fails below the floor in tests/coverage_by_room.py.
coverage: $(READY)
	$(BIN)/pytest -n 2 -m "not deep" --cov --cov-report=
	$(BIN)/python -m tests.coverage_by_room

# Faults put into a room one at a time: how many its tests notice. `make mutants ROOM=reports COUNT=100`
ROOM ?= gate
COUNT ?= 100
mutants: build/mutants/coverage
	$(BIN)/python -m tests.mutants $(ROOM) --count $(COUNT)

# Which test runs which line, recorded once; `make clean` forgets it.
build/mutants/coverage: $(READY)
	mkdir -p build/mutants
	COVERAGE_FILE=$@.new $(BIN)/pytest -n 2 -m "not deep" --cov --cov-context=test --cov-report= --junitxml=build/mutants/tests.xml
	mv $@.new $@

test-deep: check
	$(BIN)/pytest -n 2

# A real model of 135 million parameters through the whole program; the first time it is built, in about ten minutes.
test-real-model: $(READY)
	$(BIN)/python -m tests.real_model
	$(BIN)/pytest tests/test_real_model.py

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

bench-table: $(READY)
	$(BIN)/python -m tests.benchmarks table

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

# The newest versions that the bounds allow, as exact pins.
pins: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed --report $(VENV)/pins.json '.[dev]'
	$(BIN)/python -m tests.pins pins $(VENV)/pins.json > $(VENV)/pins.txt
	mv $(VENV)/pins.txt constraints.txt

# The tools of the supply chain, in an environment of their own, so that none of them stands on the list.
$(TOOLS)/uv:
	$(PYTHON) -m venv $(VENV)-tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 pipx==1.18.4 cyclonedx-bom==7.5.0 \
	    pip-audit==2.10.1

# What the wheel brings, as constraints.txt pins it, every file with its hash: for releases and the Containerfile.
locked: $(TOOLS)/uv
	$(TOOLS)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --constraint constraints.txt pyproject.toml --output-file locked.txt

# A CycloneDX list of what is installed with the wheel, for the release notes: build/reportgen.cdx.json.
bom: $(TOOLS)/uv
	rm -rf $(VENV)-bom
	$(PYTHON) -m venv $(VENV)-bom
	$(VENV)-bom/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement locked.txt
	$(VENV)-bom/bin/python -m pip install --quiet --disable-pip-version-check --no-deps .
	mkdir -p build
	$(TOOLS)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/reportgen.cdx.json \
	    $(VENV)-bom/bin/python

# Known weaknesses of what is locked; asks a service on the network, so it is no part of `make test`.
audit: $(TOOLS)/uv
	$(TOOLS)/pip-audit --require-hashes --disable-pip --requirement locked.txt

# Runs made beside OTHER and beside two other libraries, each verified by the pinned environment and the other way round.
OTHER ?= python3.13
APART ?= pandas==3.1.0 numpy==2.4.5
apart: $(READY)
	$(BIN)/python -m tests.verification.apart $(OTHER) $(APART)

# Every demo, run and verified from the wheel, with the oldest libraries that the bounds allow and with the newest that there are.
lowest newest: $(READY)
	$(PYTHON) -m venv $(VENV)-$@
	$(BIN)/python -m tests.pins $@ > $(VENV)-$@/pins.txt
	$(VENV)-$@/bin/python -m pip install --quiet --disable-pip-version-check . --constraint $(VENV)-$@/pins.txt
	for task in classification extraction summarization question-answering; do \
	    rm -rf $(VENV)-$@/$$task; \
	    (cd $(VENV)-$@ && bin/reportgen demo --task $$task --out $$task && bin/reportgen verify $$task) || exit 1; \
	done

# The wheel as people install it, by `uv tool install` and by `pipx install`: a demo, run and verified, from each.
installed: $(TOOLS)/uv
	sh .ci/prepare $(PYTHON)
	rm -rf $(VENV)-installed
	$(TOOLS)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(VENV)-installed/dist .
	UV_TOOL_DIR=$(VENV)-installed/uv UV_TOOL_BIN_DIR=$(VENV)-installed/uv-bin \
	    $(TOOLS)/uv tool install --quiet --constraints constraints.txt $(VENV)-installed/dist/reportgen-*.whl
	PIPX_HOME=$(CURDIR)/$(VENV)-installed/pipx PIPX_BIN_DIR=$(CURDIR)/$(VENV)-installed/pipx-bin \
	    $(TOOLS)/pipx install --quiet --pip-args='--constraint $(CURDIR)/constraints.txt' $(VENV)-installed/dist/reportgen-*.whl
	for way in uv pipx; do \
	    (cd $(VENV)-installed && $$way-bin/reportgen demo --out $$way-run && $$way-bin/reportgen verify $$way-run) || exit 1; \
	done

$(READY): pyproject.toml constraints.txt .ci/prepare
	sh .ci/prepare $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	@echo 'Installing what is pinned into $(VENV); the first time this takes one to three minutes. pip says what it is at:'
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	touch $(READY)

# The pages of the desk, from the sample, at both widths, light and dark, into build/pictures; needs Chromium. And the three
# pictures of the README into docs/pictures; needs LibreOffice too.
pictures: $(READY)
	$(BIN)/python -m tests.readme_pictures
	$(BIN)/python -m tests.desk.pictures build/pictures

clean:
	rm -rf $(VENV) $(VENV)-* demo-run build dist
