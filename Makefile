# Two commands: `make run` to use it, `make test` to check it. Each sets up all it needs, and repeats nothing.
.PHONY: run test points

run:
	@sh tools/setup run && exec .venv/bin/python -m huitong serve --offer-sample

test:
	@sh tools/setup test && exec .venv/bin/python -m pytest -n 2 --dist loadfile -rfEs $(ARGS)

points:
	@sh tools/setup test && exec .venv/bin/python -m tools.points
