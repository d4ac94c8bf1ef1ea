# The developer's whole interface. Needs Python 3.11 or newer and make; takes uv where it finds it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
# Versions of W&B's package whose runs the tests read, and where they are kept apart.
WANDB_VERSIONS ?= 0.31.0 0.28.0
# Test files beside each other, as many as there are cores, and each in one process.
BESIDE = -n auto --maxprocesses 4 --dist loadfile
# What needs another package or a cluster has targets of its own.
APART = --ignore=tests/clusters --ignore=tests/compatibility --ignore=tests/readers --ignore=tests/rivals
UV := $(shell command -v uv 2>/dev/null)
# For the page's JavaScript and style sheets; left out where there is no node.
BIOME = @[ ! -e node_modules/.bin/biome ] || node_modules/.bin/biome check
ACTIVATED := PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: help demo test slow oldest clusters compatibility readers rivals check fix bench bench-search bench-scale chaos docs \
	screenshot recording transcripts clean

help:  ## Show this list.
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/:/'

demo: $(VENV)/.installed  ## Set up, and run a real sweep of five runs.
	@$(ACTIVATED) sh sample_configs/demo.sh

test: $(VENV)/.tests  ## Set up, and run the tests except for slow ones.
	$(BIN)/python -m pytest -m 'not slow' $(APART) $(BESIDE)

slow: $(VENV)/.tests  ## Run the slow tests: the page in a browser, many agents, kills.
	$(BIN)/python -m pytest -m slow $(APART) $(BESIDE)

oldest: $(VENV)/oldest/.installed  ## Run the tests with the oldest dependencies that are allowed.
	$(VENV)/oldest/bin/python -m pytest -q -m 'not slow' $(APART) $(BESIDE)

clusters: $(VENV)/.tests $(VENV)/.ray  ## Run the tests with a real SLURM and a real Ray.
	$(BIN)/python -m pytest -q tests/clusters

compatibility: $(VENV)/.tests $(WANDB_VERSIONS:%=$(VENV)/.wandb-%)  ## Run the tests with W&B's package alone.
	WANDB_VERSIONS="$(WANDB_VERSIONS)" $(BIN)/python -m pytest -q tests/compatibility $(BESIDE)

readers: $(VENV)/readers/.installed  ## Run the tests with the libraries that read exports.
	$(VENV)/readers/bin/python -m pytest -q tests/readers

rivals: $(VENV)/.tests $(VENV)/.wandb-0.31.0 $(VENV)/.mlsweep  ## Run the tests of the README's table beside other tools.
	$(BIN)/python -m pytest -q tests/rivals -n auto --maxprocesses 4

check: $(VENV)/.checks node_modules/.installed  ## Lint, check the format and the types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIOME) --error-on-warnings

fix: $(VENV)/.checks node_modules/.installed  ## Repair what the linters and the formatters can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIOME) --write

bench: $(VENV)/.installed $(VENV)/.wandb-0.31.0 $(VENV)/.trackio  ## Measure speed, as ratios to other tools and to a bare loop.
	$(BIN)/python -m benchmarks

bench-search: $(VENV)/.installed  ## Compare search engines; takes hours, and continues after an interruption.
	$(BIN)/python -m benchmarks.search --set-up --cost

bench-scale: $(VENV)/.tests  ## Measure how many agents and runs the stores can take; half an hour, 8 GB of disk.
	$(BIN)/python -m benchmarks.scale

chaos: $(VENV)/.tests  ## Kill agents and runs, attack their files and disks, and check that nothing is lost.
	$(BIN)/python tests/chaos.py
	$(BIN)/python tests/chaos_ground.py

docs: $(VENV)/.installed  ## Generate the reference pages.
	$(BIN)/python docs/generate.py

screenshot: $(VENV)/.tests  ## Take the README's picture of the page again.
	$(BIN)/python docs/screenshot.py

recording: $(VENV)/.tests  ## Record the README's board under kill -9 again.
	$(BIN)/python docs/recording.py

transcripts: $(VENV)/.tests  ## Write down anew what the README's commands print.
	PYTHONPATH=tests/rivals $(BIN)/python tests/test_readme.py

clean:  ## Remove the environment and all caches.
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with make PYTHON=python3.12" >&2; exit 1; }
ifeq ($(UV),)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable .
else
	uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	uv pip install --quiet --python $(BIN)/python --editable .
endif
	@touch $@

$(VENV)/.tests: $(VENV)/.installed
ifeq ($(UV),)
	$(BIN)/python -m pip install --quiet --group test
else
	uv pip install --quiet --python $(BIN)/python --group test
endif
	@touch $@

# Every `>=` in pyproject.toml as `==`; numpy's and pyarrow's are of Python 3.11.
$(VENV)/oldest/.installed: pyproject.toml | $(VENV)/.installed
ifeq ($(UV),)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
else
	uv venv --quiet --allow-existing --python 3.11 $(@D)
endif
	grep -oE '"[A-Za-z-]+(\[[a-z]+\])?>=[0-9.]+"' pyproject.toml | \
		sed -E 's/"|\[[a-z]+\]//g; s/>=/==/' >$(@D)/floors.txt
	$(subst $(BIN)/,$(@D)/bin/,$(INSTALL)) --constraint $(@D)/floors.txt --editable . --group test
	@touch $@

$(VENV)/.wandb-%: $(VENV)/.installed
	@$(INSTALL) --target $(VENV)/wandb/$* 'wandb==$*' $(if $(filter 0.16.%,$*),'numpy<2' 'setuptools<80') \
		&& touch $@ || echo "wandb $* cannot be installed: the tests that need it say so" >&2

$(VENV)/.trackio: $(VENV)/.installed
	@$(INSTALL) --target $(VENV)/trackio trackio \
		&& touch $@ || echo "trackio cannot be installed: it is left out of the comparison" >&2

# mlsweep has an environment of its own, as its users give it: its programs must not find ours.
$(VENV)/.mlsweep: $(VENV)/.installed
	@$(if $(UV),uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)/mlsweep,$(BIN)/python -m venv $(VENV)/mlsweep) \
		&& $(subst $(BIN)/python,$(VENV)/mlsweep/bin/python,$(INSTALL)) 'mlsweep==3.2.0' \
		&& touch $@ || echo "mlsweep cannot be installed: the tests that need it say so" >&2

# Ray has an environment of its own: it is large, and its tests alone need it.
$(VENV)/.ray: $(VENV)/.installed
	@$(if $(UV),uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)/ray,$(BIN)/python -m venv $(VENV)/ray) \
		&& $(subst $(BIN)/python,$(VENV)/ray/bin/python,$(INSTALL)) --editable '.[ray]' \
		&& touch $@ || echo "Ray cannot be installed: the tests that need it say so" >&2

# What reads exports is as large as all other packages of the tests together.
$(VENV)/readers/.installed: pyproject.toml | $(VENV)/.installed
	$(if $(UV),uv venv --quiet --allow-existing --python $(BIN)/python $(@D),$(PYTHON) -m venv $(@D))
	$(if $(UV),,$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1')
	$(subst $(BIN)/,$(@D)/bin/,$(INSTALL)) --editable . --group readers
	@touch $@

$(VENV)/.checks: $(VENV)/.installed
ifeq ($(UV),)
	$(BIN)/python -m pip install --quiet --group check
else
	uv pip install --quiet --python $(BIN)/python --group check
endif
	@touch $@

node_modules/.installed: package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent && touch $@; else \
		echo "SKIPPED: the checks of the page's JavaScript and style sheets, which need node and npm" >&2; \
		[ -z "$$CI" ]; fi
