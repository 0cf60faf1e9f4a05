# Needs Python 3.11 or newer, make and git; everything else is installed into this folder.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first interpreter that is new enough; PYTHON=... overrides.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PORT ?= 8000
INSTALL = $(if $(PYTHON),,$(error Python 3.11 or newer is needed: set PYTHON=/path/to/python3))$(PYTHON) tools/install.py
RUN = .venv/bin/python

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Run the whole product here: PORT=8000, FRESH=1 forgets earlier data
	@$(INSTALL) demo web
	@PORT=$(PORT) exec $(RUN) -m server demo $(if $(filter-out 0,$(FRESH)),--fresh)

drop: ## A crowd storms the running demo's sales, then the history is checked
	@$(INSTALL) demo
	@exec $(RUN) -m loadtests.drop

test: ## Everything: linters, types, import contracts, web, laws, simulation, browsers
	@$(INSTALL) dev web browser
	@exec $(RUN) tools/check.py

test-kafka: ## The event log against a real Kafka, where java and mvn are: half a minute
	@$(INSTALL) dev kafka
	@exec $(RUN) -m pytest -m kafka tests/server/outbox

lint: ## Linters, types, import contracts and web checks only
	@$(INSTALL) dev web
	@exec $(RUN) tools/check.py --no-tests

web: ## Build the front-end into web/dist
	@$(INSTALL) demo web

types: ## Write web/src/lib/schema.ts from the API's OpenAPI document
	@$(INSTALL) dev
	@exec $(RUN) -m tools.schema

proto: ## Release server/outbox/proto, unless who reads today's events could not read these
	@$(INSTALL) dev
	@exec $(RUN) tools/proto.py

lock: ## Resolve the dependencies of pyproject.toml again into requirements*.lock
	@$(INSTALL) dev
	@exec $(RUN) tools/lock.py

bench-holds: ## The hold engine beside its peers, five minutes; refreshes docs/performance.md
	@$(INSTALL) demo
	@exec $(RUN) -m loadtests.bench.holds

bench-maps: ## How well drawings are read: DIR=folder laid out like the real ones beside this one
	@$(INSTALL) dev
	@exec $(RUN) -m loadtests.bench.maps $(DIR) --out loadtests/results/maps.json

bench-orders: ## Orders confirmed and issued, and webhooks taken, beside their ceiling: two minutes
	@$(INSTALL) demo
	@exec $(RUN) -m loadtests.bench.orders

bench-realtime: ## The feed beside Nchan (nginx), six minutes; refreshes docs/realtime.md
	@$(INSTALL) demo
	@exec $(RUN) -m loadtests.bench.realtime

shots: ## Screenshots of every page into tests/browser/shots
	@$(INSTALL) dev web browser
	@exec $(RUN) -m pytest tests/browser -q

clean: ## Remove everything that was installed, built or stored here
	rm -rf .venv .cache .demo web/node_modules web/dist .pytest_cache .ruff_cache .hypothesis

.PHONY: help demo drop test test-kafka lint web types proto lock bench-holds bench-maps bench-orders bench-realtime shots clean
