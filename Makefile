# Every target does its own set-up: nothing is needed beforehand but Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: setup demo test check lock bench evidence clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) scripts/setup.py $(VENV)
	touch $(STAMP)

DEMO ?= --once

demo: setup
	$(VENV)/bin/doorward demo $(DEMO)

test: setup
	scripts/check

check: test

bench: setup
	$(VENV)/bin/python -m bench

# The coverage pages, from what the tests say that they show.
evidence: setup
	$(VENV)/bin/python scripts/coverage_pages.py

lock:
	$(PYTHON) -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
