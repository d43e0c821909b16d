# Two commands for everybody: `make demo` and `make test`. Each makes its own environment in .venv and can be repeated.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# The longest files begin first, so that no processor is left with one of them at the end.
LONGEST := tests/whole tests/docs tests/bots tests/soak tests/portalwright tests/packs
# The desk's tests in a browser run by themselves: see tests/console_browser/conftest.py.
ALONE   := tests/console_browser
SHORTER := $(filter-out $(LONGEST) $(ALONE),$(patsubst %/,%,$(dir $(wildcard tests/*/__init__.py))))

.DEFAULT_GOAL := help
.PHONY: help demo test lint checks types imports tests bench bench-curve soak soak-full soak-memory soak-appeals fleet-demo chaos drift long axe screenshots canary fuzz password-kills sbom wheels requirements schema clean

help:  ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: $(VENV)/.runtime  ## set everything up and do the four jobs at the four practice portals
	@$(BIN)/portalwright browser $(if $(HEADED),--headed)
	@$(BIN)/portalwright demo $(if $(HEADED),--headed)

test: $(VENV)/.develop lint  ## set everything up, then check style, types, import rules and all tests
	@$(MAKE) --no-print-directory -j 2 checks tests

checks: types imports

lint: $(VENV)/.develop
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.develop
	$(BIN)/mypy

imports: $(VENV)/.develop
	$(BIN)/lint-imports

tests: $(VENV)/.develop
	@$(BIN)/portalwright browser
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not last and not long" $(LONGEST) $(SHORTER)
	PORTALWRIGHT_TEST_LEDGER=postgresql $(BIN)/python -m pytest tests/ledger -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "not long" $(ALONE)
	$(BIN)/python -m pytest -m last tests/whole

bench: $(VENV)/.develop $(VENV)/.bench  ## measure what an import, an 835, due work and a look-up cost, beside other tools that do the same
	@$(BIN)/portalwright browser
	@$(BIN)/python -m bench.import_claims
	@$(BIN)/python -m bench.read_835
	@$(BIN)/python -m bench.due_work
	@$(BIN)/python -m bench.suite

bench-curve: $(VENV)/.develop  ## how costs grow with sessions (1 to 8) and items (1,000, 4,000); FULL=1: 16 sessions, 100,000 items, hours
	@$(BIN)/portalwright browser
	@$(BIN)/python -m bench.curve $(if $(FULL),--full)

soak: $(VENV)/.develop  ## 100 claims at each practice portal: without quirks, with as many as in the field, with ten times
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.soak

soak-full: $(VENV)/.develop  ## the same with 400 claims
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.soak --claims 400

soak-appeals: $(VENV)/.develop  ## kill the filing of appeals at every step, lose every kind of confirmation: pressed at most once?
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.soak.appeals

fleet-demo: $(VENV)/.develop  ## 2,000 questions, four workers on one PostgreSQL, killed and frozen all the while: nothing lost, nothing twice?
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.chaos.fleet

chaos: $(VENV)/.develop  ## 300 kills at random instants and one at every named step of every flow: the same questions
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.chaos

long: $(VENV)/.develop  ## the tests that are too long for each time: more portals, more ways to spy on a run
	@$(BIN)/portalwright browser
	$(BIN)/python -m pytest -n 2 --dist loadfile -m long --ignore $(ALONE)
	$(BIN)/python -m pytest -m long $(ALONE)

drift: $(VENV)/.develop  ## every practice portal in every changed layout: right, or one case that says where
	@$(BIN)/portalwright browser
	PORTALWRIGHT_TEST_DRIFT=all $(BIN)/python -m pytest -n 2 tests/bots/test_drift_layouts.py

axe: $(VENV)/.develop  ## every page of the desk, light and dark: can everybody read and use it?
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.console_browser.axe

screenshots: $(VENV)/.develop  ## a picture of every page of the desk, and those of README again; PICTURES=folder
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.console_browser.screenshots $(or $(PICTURES),desk-pictures) --docs docs/pictures

soak-memory: $(VENV)/.develop  ## 2,000 look-ups in one session: does it need more and more memory?
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.soak.memory

canary: $(VENV)/.develop  ## canary patients and secrets through every flow, fault, command and page: is one byte of them in the clear?
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.canary

fuzz: $(VENV)/.develop  ## 30 minutes of made-up and spoilt files and pages for every reader: read, or refused in our words
	@$(BIN)/portalwright browser
	@nice -n 19 $(BIN)/python -m tests.fuzz --minutes 30

password-kills: $(VENV)/.develop  ## change a password 200 times and kill it at every step: is one that works still known?
	@$(BIN)/portalwright browser
	@$(BIN)/python -m tests.chaos.passwords --kills 200

sbom: $(VENV)/.develop  ## what the program is made of, with licences and hashes, as CycloneDX: build/portalwright.cdx.json
	@$(BIN)/python -m tests.packaging.bill_of_materials build/portalwright.cdx.json

wheels: $(VENV)/.develop  ## is there a wheel of every pinned package for Linux, macOS and Windows, Python 3.11 to 3.13?
	@$(BIN)/python -m tests.packaging.wheels

schema: $(VENV)/.runtime  ## write the JSON Schema of portal packs, and the key tables of their documentation, again
	$(BIN)/python -m packs.schema

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml scripts/environment
	@PYTHON="$(PYTHON)" scripts/environment $(VENV) requirements/runtime.txt
	@touch $@

$(VENV)/.develop: requirements/develop.txt pyproject.toml scripts/environment
	@PYTHON="$(PYTHON)" scripts/environment $(VENV) requirements/develop.txt
	@touch $@ $(VENV)/.runtime

$(VENV)/.bench: bench/requirements.txt scripts/bench-environment
	@PYTHON="$(PYTHON)" scripts/bench-environment $(VENV)/bench bench/requirements.txt
	@touch $@

requirements: pyproject.toml bench/peers.in  ## pin what is installed, with hashes and for all platforms (needs uv)
	scripts/pin

clean:  ## remove the environment and the demo's office
	rm -rf $(VENV) demo-office
