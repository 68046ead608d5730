# One command for each job. Each does all of its own set-up, and none of it twice.

VENV    := .venv
PYTHON  := $(VENV)/bin/python
PIP     := $(PYTHON) -m pip --disable-pip-version-check -qq install
RUNTIME := $(VENV)/.runtime-installed
DEV     := $(VENV)/.dev-installed
PYTEST  := $(PYTHON) -m pytest --numprocesses=auto --dist=loadgroup

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help publish test check check-full contact-sheet test-crash format lock bench-publish bench-subscribers bench-delivery bench-serve bench-generators bench-compose clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

publish: $(RUNTIME) ## write the feeds and the next letter from config.toml
	@$(VENV)/bin/newsfeed publish

test: $(DEV) ## run the tests
	@$(PYTEST) -m "not wheel"

check: $(DEV) ## everything that must hold: format, lint, types, layers, tests, the wheel
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTEST)

check-full: export NEWSFEED_LETTERS = all
check-full: check ## the same, with letters looked at in every case instead of a choice

contact-sheet: $(DEV) ## letters of all looks as pictures to look at (needs chromium)
	@$(PYTHON) -m tests.e2e.letters.sheet build/contact-sheet

test-crash: $(DEV) ## the crash tests at full size: 20,000 subscribers, 30 kills (six minutes)
	@NEWSFEED_CRASH_SUBSCRIBERS=20000 NEWSFEED_CRASH_KILLS=30 NEWSFEED_CRASH_SECONDS=150 \
		$(PYTHON) -m pytest tests/e2e/delivery/test_crash.py

format: $(DEV) ## put the code into its one form
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

lock: ## resolve the dependencies again and write the lock files
	@tools/lock .

bench-publish: $(RUNTIME) ## measure publishing beside Hugo and Pelican (needs hugo; half an hour)
	@$(PYTHON) -m benchmarks.publish

bench-subscribers: $(RUNTIME) ## measure a million subscribers in and out (needs sqlite3)
	@$(PYTHON) -m benchmarks.subscribers

bench-delivery: $(RUNTIME) ## measure delivery beside smtp-source and nodemailer (needs postfix, node, npm)
	@$(PYTHON) -m benchmarks.delivery

bench-serve: $(RUNTIME) ## measure serving feeds beside nginx (needs wrk, nginx, postfix)
	@$(PYTHON) -m benchmarks.serve

bench-generators: $(RUNTIME) ## measure publishing each generator's folders beside Hugo (needs hugo)
	@$(PYTHON) -m benchmarks.generators

bench-compose: $(RUNTIME) ## measure composing a letter, first and again, in the three looks
	@$(PYTHON) -m benchmarks.compose

clean: ## remove what these commands made, .venv included; never a feed, a letter or the store
	@rm -rf $(VENV) build dist benchmarks/.work .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is what venv writes last: without it, the environment is incomplete and is made again.
$(VENV)/bin/pip:
	@tools/make-venv $(VENV)

$(RUNTIME): requirements-build.lock requirements.lock pyproject.toml | $(VENV)/bin/pip
	@echo "Installing newsfeed into $(VENV), which takes about a minute ..." >&2
	@$(PIP) --require-hashes --requirement requirements-build.lock
	@$(PIP) --require-hashes --no-build-isolation --requirement requirements.lock
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "Installing the tools for development into $(VENV) ..." >&2
	@$(PIP) --require-hashes --no-build-isolation --requirement requirements-dev.lock
	@touch $@
