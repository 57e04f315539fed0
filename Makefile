# A machine needs git, make and Python 3.11 or later; the rest comes from the registries.
UV_VERSION := 0.13.9
OWN_UV := build/uv/bin/uv
UV := $(or $(shell command -v uv),$(OWN_UV))
# The projects that the demo and the tests render call uv too.
export PATH := $(CURDIR)/build/uv/bin:$(PATH)
# Python compiles each module again, in each process, where this is set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: bench demo lint strategies test test-all

demo: $(filter $(OWN_UV),$(UV))
	$(UV) run --frozen python scripts/demo.py

test: lint
	$(UV) run --frozen pytest

bench: $(filter $(OWN_UV),$(UV))
	PYTHONPATH=scripts:template $(UV) run --frozen python -m bench

strategies: $(filter $(OWN_UV),$(UV))
	PYTHONPATH=scripts:tests:template $(UV) run --frozen python -m strategies

# Also what is too long for each change: 200 random sequences of edits and 100 mutations instead of
# a few, every project instead of one for each two answers, every planted fault instead of one for
# each code, and updates from each version with each set of answers and each kind of edit, with more
# drawn edits and more kills.
test-all: lint
	FRESH_SEQUENCES=200 DEV_SEQUENCES=5 PREFLIGHT_MUTATIONS=100 EVERY_PROJECT=1 EVERY_FAULT=1 \
		WHOLE_UPDATE_MATRIX=1 UPDATE_EDITS=20 UPDATE_KILLS=30 $(UV) run --frozen pytest

lint: $(filter $(OWN_UV),$(UV))
	$(UV) run --frozen ruff format --check scripts tests
	$(UV) run --frozen ruff check scripts tests
	$(UV) run --frozen mypy

$(OWN_UV):
	python3 -m venv build/uv
	build/uv/bin/python -m pip install --quiet uv==$(UV_VERSION)
