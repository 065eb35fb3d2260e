# Every target does its own set-up. `make` alone prints this list.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench words clean

help:  ## print this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

setup: $(STAMP)  ## create .venv with every locked dependency and the command thidua

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Cần Python 3.11 trở lên; máy đang có " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## the whole product on this machine: local Telegram, bot, sample bloc, a guided tour
	@$(BIN)/thidua demo

test: setup  ## every test that needs nothing but Python, git and make
	$(BIN)/pytest -n auto -m 'not page'

check: setup words  ## test, page tests in Chromium, lint, format, types, words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory test
	$(BIN)/pytest -m page

words: setup  ## every key that is used stands in both catalogues, with the same {params}
	$(BIN)/pytest -q tests/test_words.py

bench: setup  ## every benchmark, as ratios in one run
	$(BIN)/python -m benchmarks

clean:  ## remove what set-up and the demo made
	rm -rf $(VENV) .demo build *.egg-info
