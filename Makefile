# The two commands a newcomer needs: `make demo` and `make test`. Everything else is for those who build on.
# Another Python beside the first: make test VENV=.venv-3.13 PYTHON=python3.13
export VENV ?= .venv
export PYTHON ?=
# Kept between checkouts: what mypy knows, and the card's base with its packages (the slow parts of both).
CACHE ?= $(HOME)/.cache/gatepost
export MYPY_CACHE_DIR ?= $(CACHE)/mypy
# Modules are compiled once, not again by each of the hundreds of processes that the tests start.
export PYTHONDONTWRITEBYTECODE :=
PY := $(VENV)/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint unit integration browser chaos bench full screens fuzz lock image image-same image-test image-smoke

help:         ## say what can be made
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup:        ## make .venv ready for everything (does nothing when it is)
	@bin/setup

demo:         ## the whole system on this desk, until Ctrl-C
	@bin/setup --demo
	@exec $(PY) -m kiosk demo

test: setup lint unit integration browser chaos image-smoke  ## lint and every test

lint:         ## ruff, mypy, import-linter
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy -n 2
	$(VENV)/bin/lint-imports

unit:         ## pure code and single packages
	$(PY) -m pytest -q -n 2 --dist worksteal -m "not timed" tests/unit tests/contract
	$(PY) -m pytest -q -m timed tests/unit/devices tests/contract  # second looks have a budget of time: alone, as in the field

integration:  ## real brokers, databases and processes
	$(PY) -m pytest -q -n 3 --dist worksteal --ignore tests/integration/timed tests/integration  # a third of them waits
	$(PY) -m pytest -q tests/integration/timed  # what is measured in milliseconds has the machine to itself

browser:      ## the screens, in a real Chromium
	$(PY) -m pytest -q -n 2 --dist worksteal -m "not timed" tests/browser
	$(PY) -m pytest -q -m timed tests/browser

chaos:        ## kill, cut, fill, unplug: a short round of each
	$(PY) -m pytest -q -n 5 --dist worksteal --ignore tests/fault/timed tests/fault  # they mostly wait
	$(PY) -m pytest -q tests/fault/timed

bench:        ## speed against the bare library, a table and a JSON file
	$(PY) -m tests.bench

full: test    ## the long proofs: every fault at full count, then the benches
	GATEPOST_FULL=1 $(PY) -m pytest -q --timeout 1800 tests/fault
	$(PY) -m tests.bench

screens: setup  ## pictures of every page in every language, into out/screens
	$(PY) -m tests.screens

fuzz: setup   ## ten minutes on CertLogic, ten on the form engine, five on the interface for programs
	$(PY) -m tests.fuzz.certlogic --seconds 600
	$(PY) -m tests.fuzz.form_engine --seconds 600
	$(PY) -m tests.fuzz.api --seconds 300

image: setup  ## the SD card's image, from packages alone: out/image/card.img (root; an hour on a thin line)
	$(PY) -m image_build base --out $(CACHE)/image
	test -e $(CACHE)/image/keys/release-root.pem || $(PY) -m image_build keys new $(CACHE)/image/keys
	$(PY) -m image_build image --cache $(CACHE)/image --out out/image --keyring $(CACHE)/image/keys/release-root.pem

image-same: setup  ## the image built twice, every byte compared
	$(PY) -m image_build reproduce --cache $(CACHE)/image --out out/image

# A card with keys of the test's own, so that it can be offered signed updates: $(CACHE)/image holds the base (make image).
image-test: setup  ## a card on an emulated machine: lamps, power cuts, updates, figures (20 minutes, root)
	test -d out/test-keys || $(PY) -m image_build keys new out/test-keys
	$(PY) -m image_build image --cache $(CACHE)/image --out out/image-test/card --keyring out/test-keys/release-root.pem
	$(PY) -m tests.image.releases --image out/image-test/card --cache $(CACHE)/image --keys out/test-keys --out out/image-test/card/releases
	$(PY) -m tests.image --short --image out/image-test/card/card.img

image-smoke:  ## an image from the cached base boots to green and survives a power cut; without a base it says so
	$(PY) -m tests.image --smoke --cache $(CACHE)/image

lock: setup   ## renew the lock files (no index host is written into them)
	$(PY) -m pip install --quiet uv
	for name in run dev; do $(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done
	$(VENV)/bin/uv pip compile --quiet --upgrade --python-platform aarch64-manylinux_2_36 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --python-version 3.13 requirements/edge.in -o requirements/edge.txt
