# One command for people and for CI. `make help` lists the targets.

PYTHON ?= python3
ENV ?= dev
UV ?= uv

BIN := .venv/bin
# Code is compiled when first imported, and build.txt begins with a current pip: both halve the set-up.
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --no-compile
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet $(LOCK_FLAGS)

ENGINE_TESTS := tests/deploy/test_plugin.py tests/deploy/test_s3_backend.py tests/docs/test_deploy.py

# Compiled code is kept in the checkout, whatever the caller's shell says: hundreds of processes of the tests start from it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup engine up preview drift down check format test test-engine test-long mutants one docs site lock dist release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.runtime ## install everything that `make up` needs, the Pulumi CLI included
	@$(BIN)/python -m provisioner.provider.cli_install || true

engine: .venv/.runtime ## build the Pulumi CLI from Go modules, where its release cannot be had (8 CPU minutes, once)
	@$(BIN)/python -m deploy.engine.build

up: .venv/.runtime ## bring the console of ENV (dev by default) to what the specs say
	@$(BIN)/python -m provisioner.provider.local_run up $(ENV)

preview: .venv/.runtime ## show what `make up` would change
	@$(BIN)/python -m provisioner.provider.local_run preview $(ENV)

drift: .venv/.runtime ## show where the console has moved away from the specs
	@$(BIN)/provisioner drift $(ENV)

down: .venv/.runtime ## take ENV out of Pulumi's hands; `onRemove` decides what the console keeps
	@$(BIN)/python -m provisioner.provider.local_run down $(ENV)

check: .venv/.dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## format the code and repair what ruff can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

ifdef ARGS
test: .venv/.dev
	$(BIN)/pytest $(ARGS)
else
test: check ## everything CI runs; ARGS="tests/reconcile -k intent" runs those tests alone
	$(BIN)/python -m pytest -p tests.floors --numprocesses auto --dist worksteal $(PYTEST_FLAGS)
endif

# Files share stacks, so each goes to one process.
test-engine: .venv/.dev ## the tests on the real Pulumi engine alone; without one they skip, here and in `make test`
	$(BIN)/pytest --numprocesses auto --dist loadfile tests/engine $(ENGINE_TESTS) $(ARGS)

# `hypothesis` marks every test that tries examples, `long` further cases of what a shorter test shows.
test-long: .venv/.dev ## the laws on twenty times as many examples, other ones each time; the nightly workflow runs it
	$(BIN)/pytest --numprocesses auto --hypothesis-profile=long -m "hypothesis or long" $(ARGS)

mutants: .venv/.dev ## which changes of the safety core no test notices (a quarter of an hour); ARGS="reconcile/plan/seal" takes one module
	$(BIN)/python -m tests.mutants $(ARGS)

one: .venv/.dev ## one test up to its first failure, with what it prints: T=tests/reconcile/test_kill.py
	$(BIN)/pytest --exitfirst --capture no --verbose $(or $(T),$(error Name the test: make one T=tests/...))

docs: .venv/.runtime ## write the pages, schemas and types that come from the code
	$(BIN)/python -m provisioner.specs.rules.docs_page docs/rules.md
	$(BIN)/python -m provisioner.specs.schema.generation provisioner/specs/schema
	$(BIN)/python -m provisioner.reconcile.plan.document provisioner/reconcile/plan/plan.schema.json
	$(BIN)/python -m provisioner.provider.package
	$(BIN)/python -m provisioner.cli.grammar provisioner/cli/commands.json
	$(BIN)/python -m deploy.docs_tables .

site: .venv/.dev ## build the documentation's pages into site/; python3 -m http.server -d site shows them
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Runtime first: what the tests run on is what is shipped. LOCK_FLAGS=--upgrade takes newer versions.
lock: ## recompile requirements/ with uv
	$(LOCK) pyproject.toml --extra pulumi --extra controller --extra archive --extra metrics --extra review \
		-o requirements/runtime.txt
	printf 'boto3\n' | $(LOCK) pyproject.toml - --extra pulumi -c requirements/runtime.txt \
		-o requirements/plugin.txt
	$(LOCK) pyproject.toml --extra pulumi --extra archive --extra metrics --extra review -c requirements/runtime.txt \
		-o provisioner/starter/files/libraries.txt
	$(LOCK) pyproject.toml --extra controller -c requirements/runtime.txt -o requirements/controller.txt
	printf 'pip\nhatchling\neditables\n' | $(LOCK) - -c requirements/runtime.txt -o requirements/build.txt
	printf 'setuptools\nwheel\n' | $(LOCK) - -c requirements/build.txt -o requirements/image.txt
	$(LOCK) pyproject.toml --all-extras -c requirements/runtime.txt -c requirements/build.txt -o requirements/dev.txt
	printf 'pulumi-policy\n' | $(LOCK) - -o deploy/policy/requirements.txt

dist: .venv/.runtime ## build the wheel, the source archive and the Pulumi plugin's tarballs into dist/
	@$(BIN)/python -m deploy.dist dist

release: .venv/.dev ## build the release files, check them and the changelog, and print what publishes them
	@$(BIN)/python -m deploy.release dist

clean: ## go back to a fresh clone: local state, caches, build output, virtual environment
	rm -rf .venv deploy/policy/.venv .provisioner .pulumi-state .pulumi-cli dist site
	rm -rf .mutants .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit( \
	  "trtc-recording needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12" % v[:2])'
	@echo "Setting up .venv"
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	@echo "Adding the development tools"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
