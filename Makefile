# Two commands are enough: `make run` and `make test`. Both prepare all they need; `make help` lists the rest.
# What they do stands in tools/, in Python's standard library alone.

.DEFAULT_GOAL := help
TOOLS := @exec sh tools/python.sh -m tools

.PHONY: help run test check faults conformance lint format build migrate lock pictures licences clean

help: ## this list
	@echo 'Crossdesk. Needed: git, make and Python 3.11 to 3.13 with its venv module. Nothing else.'
	@echo
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done
	@echo
	@echo 'Settings come from the environment (docs/settings.md), for example: CROSSDESK_PORT=8090 make run'

run: ## prepare everything, then serve the sample company at http://127.0.0.1:8080
	$(TOOLS) run

test: ## all tests: SQLite and PostgreSQL, a real browser, style, types, import contracts (under 30 minutes)
	$(TOOLS) test

check: ## the fast part of the tests (under 3 minutes): what to run before each commit
	$(TOOLS) check

faults: ## the long form of the reliability experiments: processes killed, 1,000 rounds each (docs/reliability.md; an hour)
	$(TOOLS) faults

conformance: ## the long form of the conformance tests: thousands of random processes, also beside a real Camunda 7 (an hour)
	$(TOOLS) conformance

lint: ## style, types and import contracts only
	$(TOOLS) lint

format: ## put the sources into the common form
	$(TOOLS) format

build: ## environment, front end and translations, without starting anything
	$(TOOLS) build

migrate: ## bring the database (CROSSDESK_DATABASE_URL) to the newest schema
	$(TOOLS) migrate

lock: ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	$(TOOLS) lock

pictures: ## take the pictures of README and docs/ anew, from the running application
	$(TOOLS) pictures

licences: ## write docs/licences.md from what is installed, and check it
	$(TOOLS) licences

clean: ## remove what was built and cached; keeps .venv/ and the data in var/
	$(TOOLS) clean
