# Two commands for a newcomer: `make run` and `make test`. Needs nothing but Python 3.11, make and apt's tools.
PYTHON_ENV = .venv/bin/python
CODE = asterisk bench cti tests tools

.PHONY: help setup asterisk web run test test-long check bench-assign bench-sim bench-ami bench-core bench-theory bench-fairness bench-reload bench-ivr bench-import bench-callouts bench-pacing bench-report bench-wall bench-load bench-sim-load soak chaos chaos-sim bench-takeover clean
.DEFAULT_GOAL := help

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@echo '  All options of a benchmark, with their defaults: .venv/bin/python -m bench.load --help (and so on: bench/README.md)'

setup: ## the Python environment in .venv; the others call it
	@tools/setup

asterisk: setup
	@asterisk/lab fetch || [ $$? = 3 ]

web: setup ## the pages, into web/dist; `run` and `test` call it
	@tools/web

run: setup ## the demo; SECONDS=60: ends itself; FOLDER=DIR: a second
	@tools/web --or-tell
	@exec $(PYTHON_ENV) -m cti.demo --seconds "$(or $(SECONDS),0)" $(if $(FOLDER),--folder "$(FOLDER)")

check: setup ## style, types, and which room may know which
	$(PYTHON_ENV) -m ruff check $(CODE)
	$(PYTHON_ENV) -m ruff format --check --line-length 120 $(CODE)
	$(PYTHON_ENV) -m mypy --strict
	.venv/bin/lint-imports
	@tools/web check

test: asterisk web ## every test, the last ones on a real Asterisk
	@$(PYTHON_ENV) -m tools.run_tests; code=$$?; \
	if found=$$(asterisk/lab fetch 2>/dev/null); then echo "make test: the acceptance tests had a real $$found"; \
	else echo "make test: NO REAL ASTERISK, THE ACCEPTANCE TESTS DID NOT RUN (asterisk/lab fetch says why)"; fi; \
	exit $$code

test-long: asterisk ## the same for a night: ten times the seeds, worlds and examples
	@CTI_TESTS=long $(PYTHON_ENV) -m pytest -n auto

bench-assign: asterisk ## agent free -> phone rings: we, app_queue, a bare FIFO
	@exec $(PYTHON_ENV) -m bench.assign

bench-sim: setup ## simulated contact-hours per second, faults on
	@exec $(PYTHON_ENV) -m bench.sim

bench-ami: setup ## AMI events per second: our codec and plain panoramisk
	@exec $(PYTHON_ENV) -m bench.ami

bench-core: setup ## decisions per second of the core, and how it grows with callers, agents and skills
	@exec $(PYTHON_ENV) -m bench.core

bench-theory: setup ## simulated queues against Erlang C, Erlang A and priority formulas
	@exec $(PYTHON_ENV) -m bench.theory

bench-fairness: setup ## the same peaks under our order, strict priority and app_queue's weights
	@exec $(PYTHON_ENV) -m bench.fairness

bench-reload: setup ## the loop's pause while a file with 5,000 agents is read again
	@exec $(PYTHON_ENV) -m bench.reload

bench-ivr: asterisk ## from a caller's key to the next menu's first sound, 100 and 1,000 callers in a flow
	@exec $(PYTHON_ENV) -m bench.ivr

bench-import: setup ## a list of a million leads: rows per second, peak memory, and how long the next leads take
	@exec $(PYTHON_ENV) -m bench.import_leads

bench-callouts: asterisk ## from the order to call to the customer's INVITE, and from his answer to the agent's ear
	@exec $(PYTHON_ENV) -m bench.callouts

bench-pacing: setup ## busy agents and abandoned answers: our pacing, one per free agent, an adaptive ratio
	@exec $(PYTHON_ENV) -m bench.pacing

bench-report: setup ## every report of a month; CONTACTS=10000000: so many (1,000,000), on SQLite and PostgreSQL
	@exec $(PYTHON_ENV) -m bench.report --contacts "$(or $(CONTACTS),1000000)"

bench-wall: web ## 200 viewers of 10,000 calls: how old is what they see, and what do they cost the engine
	@exec $(PYTHON_ENV) -m bench.wall

bench-load: asterisk ## CALLS=10000 real SIP calls at once on NODES=4 real Asterisks, AGENTS= (one for 20 calls, at most 500), RATE=100 callers a second, HOLD_S=60 at the peak; ENGINES=1: so many separate centres, which share all that
	@exec $(PYTHON_ENV) -m bench.load --calls "$(or $(CALLS),10000)" --nodes "$(or $(NODES),4)" --engines "$(or $(ENGINES),1)" $(if $(AGENTS),--agents "$(AGENTS)") --hold-s "$(or $(HOLD_S),60)" $(if $(RATE),--rate "$(RATE)")

bench-sim-load: web ## one engine on simulated AMI and AGI: calls held at once, calls a second, CPU a call
	@exec $(PYTHON_ENV) -m bench.sim_load

soak: setup ## weeks of a busy centre in virtual time: does anything grow; DAYS=56: so many
	@exec $(PYTHON_ENV) -m bench.soak --days "$(or $(DAYS),56)"

bench-takeover: asterisk ## two engines, the owner is killed while callers wait: seconds until the other one has them
	@exec $(PYTHON_ENV) -m bench.takeover

chaos: asterisk ## kill, freeze and cut everything, two Asterisks, calls in motion; MINUTES=10 CALLS=300 SEED=1 POSTGRESQL=; ENGINES=1 (2: an owner and one that stands by)
	@exec $(PYTHON_ENV) -m bench.chaos --minutes "$(or $(MINUTES),10)" --calls "$(or $(CALLS),300)" --seed "$(or $(SEED),1)" --engines "$(or $(ENGINES),1)" $(if $(POSTGRESQL),--postgresql)

chaos-sim: setup ## virtual days on which everything breaks; DAYS=1000, at most SECONDS=300 (0: until all are over)
	@exec $(PYTHON_ENV) -m bench.chaos_sim --days "$(or $(DAYS),1000)" --seconds "$(or $(SECONDS),300)"

clean: ## remove .venv and what demos left (not ~/.cache/cti)
	@if [ -f .lab/lab.json ]; then asterisk/lab down; fi
	rm -rf web/node_modules web/dist .venv .lab .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
