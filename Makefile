PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo-output

.PHONY: help demo test check bench samples clean

help:            ## list what can be made
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m compileall -q medmask
	@touch $@

demo: $(READY)   ## run medmask on sample_data/ and say where the report is
	@$(BIN)/medmask run sample_data/scans $(DEMO) --fresh; code=$$?; \
	  if [ $$code -ne 0 ] && [ $$code -ne 1 ]; then exit $$code; fi
	@echo
	@echo "One of the samples is broken on purpose; it has a row that says so."
	@echo "Report: $(CURDIR)/$(DEMO)/report/index.html"

test: $(READY)   ## all tests, with coverage
	@$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered

check: $(READY)  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## measure the stages, as ratios in one run
	$(BIN)/python -m benchmarks.stages
	$(BIN)/python -m benchmarks.large_radii
	$(BIN)/python -m benchmarks.whole_scan
	$(BIN)/python -m benchmarks.readers
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.many
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.blending
	$(BIN)/python -m benchmarks.contours
	$(BIN)/python -m benchmarks.bone

samples: $(READY) ## remake sample_data/ from its script
	$(BIN)/python sample_data/make_samples.py

clean:           ## remove what make made
	rm -rf $(VENV) $(DEMO) .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* .hypothesis
