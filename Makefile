# Everything a newcomer needs: `make demo`, then `make test`. Python 3.11 or newer, make and git are enough.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo run test coverage lint bench bench-search bench-fit soak pictures format lock clean

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Earmark needs Python 3.11 or newer; name one with PYTHON=...")'
	@echo "Installing into .venv ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt pyproject.toml .venv/run.stamp
	@echo "Installing the tools for development into .venv ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/run.stamp  ## The main job on a sample podcast: no token, no network
	@$(BIN)/python -m bot demo

run: .venv/run.stamp  ## The Discord bot, with the settings in .env
	@$(BIN)/python -m bot run

test: .venv/dev.stamp  ## The whole test suite; COVERAGE=1 also measures what it reaches
	$(BIN)/python -m pytest -n 3 --dist worksteal $(if $(COVERAGE),--cov --cov-report=term:skip-covered --cov-report=json)

coverage:  ## The whole test suite, and the lines and branches that it reaches
	@$(MAKE) --no-print-directory test COVERAGE=1

lint: .venv/dev.stamp  ## Style, types, the rules of the house, the Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

bench: .venv/dev.stamp  ## The measured figures of the README
	$(BIN)/python -m tests.bench

bench-search: .venv/dev.stamp  ## The quote search beside other engines: WORDS="5 26 100" for other sizes
	$(BIN)/python -m tests.bench.search --words $(or $(WORDS),5)
	$(BIN)/python -m tests.bench.search_stored

bench-fit: .venv/dev.stamp  ## Announcements of 10,000 generated episodes against Discord's rules
	$(BIN)/python -m tests.bench.fit

pictures: .venv/dev.stamp  ## The README's pictures, drawn from what is sent (needs npm and Chromium)
	$(BIN)/python -m tests.bench.pictures

soak: .venv/dev.stamp  ## Every message once over 200 kills: SEED=7 for the same ones again
	$(BIN)/python -m tests.bench.exactly_once --kills 100 $(if $(SEED),--seed $(SEED))

format: .venv/dev.stamp  ## Let ruff lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev.stamp  ## Resolve the dependencies of pyproject.toml anew (needs uv)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra dev --extra bench -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## Remove .venv and what tools left
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
