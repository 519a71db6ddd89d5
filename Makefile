# Every task has one name here; CI calls these names only. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PY := .venv/bin/python
# Cargo, clippy and maturin must agree on the interpreter, or each of them compiles the binding anew.
export PYO3_PYTHON := $(CURDIR)/$(PY)

PYTHON_CODE := native/seal_match_rs/python pyext service benchmarks tests tools docs/examples setup.py
BUILD_INPUTS := Cargo.toml pyproject.toml setup.py \
  $(shell find native -path '*/target' -prune -o \( -name '*.rs' -o -name '*.toml' \) -print) \
  $(wildcard pyext/*/*.pyx pyext/*/*.pxd) \
  $(wildcard service/*/__init__.py benchmarks/*/__init__.py)

.PHONY: help setup build test test-fast proto stubs lint format demo accuracy exam network profile fold-offsets findings findings-fit ablation bench bench-audit audit-kill \
  service-kill walk audit-faults fuzz lock clean

help: ## list every task
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.stamp-build ## prepare a fresh Debian or Ubuntu machine: system packages, .venv, build (does nothing when up to date)

# Two stamps, so that a changed source file compiles again without asking pip about dependencies.
.venv/.stamp-deps: requirements.lock tools/setup.sh
	tools/setup.sh dependencies
	touch $@

.venv/.stamp-build: .venv/.stamp-deps $(BUILD_INPUTS)
	tools/setup.sh build
	touch $@

test: setup ## all tests: Rust in release mode, then Python
	cargo test --release --workspace
	$(PY) -m pytest

test-fast: setup ## the Python tests without the slow ones
	$(PY) -m pytest -m "not slow"

proto: setup ## write everything that is generated from the contract and the table of errors
	$(PY) tools/proto.py generate
	$(PY) tools/errors.py

stubs: setup ## write the native module's stub, _native.pyi, from the crate
	$(PY) tools/stubs.py

lint: setup ## formatting, clippy, ruff, mypy --strict, layers, buf, tsc; any warning fails
	$(PY) tools/proto.py lint
	$(PY) tools/proto.py breaking
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(PY) -m ruff format --check $(PYTHON_CODE)
	$(PY) -m ruff check $(PYTHON_CODE)
	$(PY) -m mypy
	$(PY) -m mypy tools
	$(PY) tools/check_layers.py
	tsc --project service/seal_service/viewer/web

format: setup ## rewrite Rust and Python in the project's format
	cargo fmt --all
	$(PY) -m ruff format $(PYTHON_CODE)
	$(PY) -m ruff check --fix-only --quiet $(PYTHON_CODE)

demo: setup ## simulate two seals, verify twenty vouchers, write a report picture of each verdict to out/demo
	tools/demo.sh

# `make accuracy WORK=/some/folder` keeps the simulated images and uses them again.
accuracy: setup ## measure the error rates on 200 simulated dies (half an hour) and write docs/accuracy.md
	.venv/bin/sealmatch accuracy --out docs/accuracy.md $(if $(WORK),--work $(WORK))

exam: setup ## measure the error rates on a folder in the practice format: make exam DIR=../shared/practice
	.venv/bin/sealmatch accuracy --exam $(DIR)

network: setup ## train the networks of a profile on 980 simulated dies (hours) and write it to OUT
	$(PY) -m pip install --quiet --disable-pip-version-check 'tensorflow-cpu>=2.18'
	$(PY) -m accuracy --train --out $(OUT) $(if $(WORK),--work $(WORK))

profile: setup ## fit the default profile anew on 840 simulated dies (an hour and a half); VERSION names it, NETWORK replaces its networks
	$(PY) -m accuracy --fit --version $(VERSION) --out service/seal_service/profiles/default.toml \
	  $(if $(NETWORK),--network $(NETWORK)) $(if $(WORK),--work $(WORK))

fold-offsets: setup ## the error of a stroke's offset at 300 dpi, of simulated scans: of the measurement, and of a press (six minutes)
	$(PY) -m fold_offsets

findings: setup ## measure how well replays and prints are found, on unseen simulated dies (half an hour), and write docs/findings.md
	$(PY) -m findings --out docs/findings.md $(if $(WORK),--work $(WORK))

findings-fit: setup ## fit the scales of replays and prints anew (half an hour)
	$(PY) -m findings --fit --out service/seal_service/profiles/findings.toml $(if $(WORK),--work $(WORK))

ablation: setup ## does the fold sweep help the score? DIR is a simulated folder, such as `make profile WORK=...` leaves
	$(PY) -m accuracy.ablation $(DIR)

bench: setup ## bytes to verdict on one core beside the JPEG decode of the same files, and the memory above the image; print check, replay check, folds
	$(PY) -m speed
	CRITERION_HOME=$(CURDIR)/target/criterion cargo bench -p seal_match_core --bench fold

# `make bench-audit CALLS=1` measures calls, start-up and memory alone: a minute and a half.
bench-audit: setup ## durable and verified audit events per second, what the log adds to a call, start-up, memory
	$(PY) -m audit_speed $(if $(CALLS),--calls-only --rounds 3 --seconds 8)

audit-kill: setup ## kill -9 the audit log under load KILLS times (200; a quarter of an hour), verify after each
	SEALMATCH_KILLS=$${KILLS:-200} $(PY) -m pytest -q -s tests/fault/test_audit_kill.py

service-kill: setup ## kill -9 the service under load KILLS times on each database (200; an hour), verify its log after each
	SEALMATCH_KILLS=$${KILLS:-200} $(PY) -m pytest -q -s tests/service/test_service_kill.py

# `make walk RUNS=3 SEED=20` takes three walks, with seeds 20, 21 and 22; STEPS sets their length.
walk: setup ## many people act at random on the service, 10,000 steps; every rule must hold (three minutes)
	SEALMATCH_WALK_STEPS=$${STEPS:-10000} SEALMATCH_WALK_SEED=$${SEED:-4} SEALMATCH_WALK_RUNS=$${RUNS:-1} \
	  $(PY) -m pytest -q -s tests/service/test_random_walk.py

audit-faults: setup ## break every write, sync and rename of the audit log once (ten minutes)
	SEALMATCH_FAULT_STRIDE=1 $(PY) -m pytest -q -s tests/fault/test_audit_io_faults.py

fuzz: setup ## fuzz the core's parsers, FUZZ_S seconds each (needs: cargo install cargo-fuzz, a nightly toolchain)
	cd native/fuzz && for target in $$(cargo +nightly fuzz list); do \
	  cargo +nightly fuzz run "$$target" -- -max_total_time=$${FUZZ_S:-60}; done

lock: .venv/.stamp-deps ## choose exact versions of all dependencies anew
	.venv/bin/uv pip compile pyproject.toml --extra dev --extra accuracy --generate-hashes --universal \
	  --python-version 3.11 --custom-compile-command "make lock" --quiet --upgrade -o requirements.lock

clean: ## remove everything that was built, .venv included
	rm -rf .venv target build dist out ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
	find native pyext -name '*.so' -not -path '*/target/*' -delete
