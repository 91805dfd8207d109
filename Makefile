# Two commands: `make run` to use it, `make test` to check it. Each sets up all it needs, and repeats nothing.
.PHONY: run test scale-test points model evaluate

run:
	@sh tools/setup run && exec .venv/bin/python -m huitong serve --offer-sample

test:
	@sh tools/setup test && exec .venv/bin/python -m pytest -n 2 --dist loadfile -rfEs $(ARGS)

# Many processes on PostgreSQL, Redis and RabbitMQ, all started here on loopback; half an hour (docs/scale.md).
scale-test:
	@sh tools/setup scale && exec .venv/bin/python benchmarks/scale.py $(ARGS)

points:
	@sh tools/setup test && exec .venv/bin/python -m tools.points

# Learns the review's networks from corpus/ anew; about ten minutes. --check first, to choose the thresholds.
model:
	@sh tools/setup test && .venv/bin/python -m tools.train --check && .venv/bin/python -m tools.train_slots --check
	@.venv/bin/python -m tools.train && .venv/bin/python -m tools.train_slots

# The review's figures over the part of the corpus that it has not learned from.
evaluate:
	@sh tools/setup test && exec .venv/bin/python -m tools.evaluate
