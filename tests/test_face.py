"""`import huitong` gives the whole face of the engines, and costs nothing."""

import inspect
import json
import os
import subprocess
import sys

import pytest

import huitong


def test_the_names_are_those_that_have_a_home():
    assert huitong.__all__ == sorted(huitong._HOME)
    assert set(huitong._HOME) <= set(dir(huitong))


@pytest.mark.parametrize("name", sorted(huitong._HOME))
def test_each_name_is_there_and_says_what_it_is(name):
    value = getattr(huitong, name)
    assert inspect.getdoc(value)
    assert value.__doc__ != getattr(value, "__base__", object).__doc__, "an inherited docstring says nothing of its own"


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'huitong' has no attribute 'reveiw'"):
        huitong.reveiw  # noqa: B018


def _loaded_after(statement: str) -> set[str]:
    command = [sys.executable, "-c", f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"]
    environment = {**os.environ, "PYTHONPATH": "src"}
    return set(json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout))


def test_importing_the_package_loads_none_of_its_parts():
    loaded = _loaded_after("import huitong")
    assert {name for name in loaded if name.startswith("huitong")} == {"huitong"}
    assert not loaded & {"django", "pydantic", "yaml", "icalendar", "typer"}


def test_the_engines_load_no_django():
    loaded = _loaded_after("import huitong; [getattr(huitong, name) for name in huitong.__all__]")
    assert {"huitong.review", "huitong.compose", "huitong.timing"} <= loaded
    assert "django" not in loaded


@pytest.mark.parametrize("name", ["compose", "review"])
def test_a_function_stays_one_after_its_room_was_imported(name: str) -> None:
    code = f"import huitong.{name}, huitong; from huitong.{name} import __all__; assert callable(huitong.{name})"
    code += f"; import types; assert isinstance(huitong.{name}, types.FunctionType)"
    subprocess.run([sys.executable, "-c", code], check=True)
