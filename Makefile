# `make` lists the goals. Each one that builds does `make setup` first, which installs what is missing.
SWIFT ?= swift
# One file that needs no Swift where it runs; exclusive access is checked in debug builds, and so in all tests.
RELEASE = --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
PYTEST = /usr/bin/python3 -m pytest -q
PEERS = Tests/Servers/setup.sh
export GATEPOST ?= $(CURDIR)/.build/debug/gatepost

.PHONY: guide help setup build release demo test unit commands servers bench fuzz format-check clean

help: ## list the goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what building and testing need (Debian packages)
	@scripts/setup

build: setup ## build for development
	$(SWIFT) build

release: setup ## build for use: .build/release/gatepost
	$(SWIFT) build -c release --product gatepost $(RELEASE)

demo: setup ## an open server alone and behind Gatepost, attacked side by side
	@$(SWIFT) build --product gatepost
	@.build/debug/gatepost demo $(DEMO)

test: unit commands servers ## everything that has to pass

unit: setup ## the tests of the packages
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

commands: setup ## the commands and the daemon, as a user runs them
	@scripts/python-packages Tests/Commands .build/python
	@scripts/python-packages Tests/Daemon .build/python-daemon
	@$(SWIFT) build --product gatepost
	$(PYTEST) Tests/Commands Tests/Daemon

servers: setup ## the gate before real Postfix, Exim, Sendmail and OpenSMTPD, and behind HAProxy and nginx
	@$(PEERS)
	@Benchmarks/gateway/setup.sh
	@$(SWIFT) build --product gatepost
	$(PYTEST) Tests/Servers

bench: release ## throughput beside HAProxy, nginx and Postfix; cost of a decision
	@Benchmarks/gateway/setup.sh
	GATEPOST=$(CURDIR)/.build/release/gatepost /usr/bin/python3 Benchmarks/gateway/run.py $(BENCH)
	$(SWIFT) run -c release --package-path Benchmarks/decision
	$(SWIFT) run -c release --package-path Benchmarks/decision-log decision-log .build/decisions.db

guide: setup ## write docs/guide as the program shows it
	@$(SWIFT) build --product gatepost
	@scripts/write-guide

fuzz: setup ## every fuzz target, SECONDS each (default 60)
	Fuzz/run $(or $(SECONDS),60)

clean: ## remove what was built
	rm -rf .build .build-* Benchmarks/decision/.build Benchmarks/decision-log/.build Fuzz/.build
