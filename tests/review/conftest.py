"""The review sends nothing anywhere: whoever opens a socket in these tests fails."""

import socket

import pytest


@pytest.fixture(autouse=True)
def _no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_options: object) -> None:
        raise AssertionError("the review opened a socket")

    monkeypatch.setattr(socket, "socket", refused)
