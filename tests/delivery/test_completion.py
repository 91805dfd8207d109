"""Whatever the far end does, one question ends in time, with a text or with a reason."""

import logging
import time
from collections.abc import Iterator

import pytest

from huitong.delivery.completion import ANSWER_BYTES, Server, Trouble, complete
from tests import language_model
from tests.conftest import free_port
from tests.language_model import LanguageModel, completion, raw

MESSAGES = [{"role": "system", "content": "怎么改"}, {"role": "user", "content": "原文"}]


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    with language_model.running() as running:
        yield running


def server(model: LanguageModel) -> Server:
    return Server.from_settings(model.url, "small-7b", "secret-key-1")


def ask(model: LanguageModel, seconds: float = 5) -> str | Trouble:
    return complete(server(model), MESSAGES, seconds=seconds)


def test_a_question_is_one_post_with_the_key_and_nothing_else(model: LanguageModel) -> None:
    model.behaves = completion("改好了")
    assert ask(model) == "改好了"
    ((headers, sent),) = model.asked
    assert sent == {"model": "small-7b", "messages": MESSAGES, "stream": False}
    assert headers["Authorization"] == "Bearer secret-key-1"
    assert "Cookie" not in headers


def test_without_a_key_none_is_sent(model: LanguageModel) -> None:
    model.behaves = completion("好")
    complete(Server.from_settings(model.url, "small-7b", ""), MESSAGES, seconds=5)
    assert "Authorization" not in model.asked[0][0]


DEEP = b'{"choices":' + b"[" * 30_000
ANSWERS = {
    "HTML error": (raw(b"<html><h1>500</h1></html>", 500), Trouble.FAILED),
    "not found": (raw(b"{}", 404), Trouble.FAILED),
    "no key": (raw(b"{}", 401), Trouble.KEY),
    "forbidden": (raw(b"{}", 403), Trouble.KEY),
    "too many": (raw(b"{}", 429), Trouble.BUSY),
    "an HTML page": (raw(b"<!doctype html><p>Welcome"), Trouble.UNREADABLE),
    "nothing": (raw(b""), Trouble.UNREADABLE),
    "not text": (raw(b"\xff\xfe\x00"), Trouble.UNREADABLE),
    "no choices": (raw(b'{"error": "none"}'), Trouble.UNREADABLE),
    "empty choices": (raw(b'{"choices": []}'), Trouble.UNREADABLE),
    "another shape": (raw(b'{"choices": [{"message": {"content": ["a"]}}]}'), Trouble.UNREADABLE),
    "a list": (raw(b"[1]"), Trouble.UNREADABLE),
    "no content": (completion(None), Trouble.UNREADABLE),
    "half a character": (raw(b'{"choices": [{"message": {"content": "\\ud800"}}]}'), Trouble.UNREADABLE),
    "nested too deep": (raw(DEEP), Trouble.UNREADABLE),
    "cut off": (completion("改到一", finish_reason="length"), Trouble.CUT),
    "hung up": (language_model.hanging_up, Trouble.UNREADABLE),
    "huge": (completion("长" * 1_000_000), Trouble.LONG),
    "just too long": (raw(b" " * (ANSWER_BYTES + 1)), Trouble.LONG),
    "endless": (language_model.endless, Trouble.LONG),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_its_answers_mean(model: LanguageModel, name: str) -> None:
    model.behaves, trouble = ANSWERS[name]
    assert ask(model) is trouble
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "behaviour", [language_model.silent(30), language_model.dripping, language_model.dripping_head]
)
def test_it_never_takes_longer_than_it_may(model: LanguageModel, behaviour: language_model.Behaviour) -> None:
    model.behaves = behaviour
    began = time.monotonic()
    assert ask(model, seconds=0.6) is Trouble.SLOW
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_follows_nobody_elsewhere(model: LanguageModel, status: int) -> None:
    with language_model.running() as elsewhere:
        model.behaves = raw(b"", status, Location=f"{elsewhere.url}/chat/completions")
        assert ask(model) is Trouble.MOVED
        assert elsewhere.connections == 0


def test_nobody_there() -> None:
    nobody = Server.from_settings(f"http://127.0.0.1:{free_port()}/v1", "small-7b", "")
    assert complete(nobody, MESSAGES, seconds=5) is Trouble.UNREACHED
    unknown = Server.from_settings("https://" + "a" * 70 + ".example/v1", "small-7b", "")
    assert complete(unknown, MESSAGES, seconds=5) is Trouble.UNREACHED


def test_a_server_that_speaks_no_tls_gets_nothing(model: LanguageModel) -> None:
    encrypted = Server.from_settings(model.url.replace("http:", "https:"), "small-7b", "secret-key-1")
    assert complete(encrypted, MESSAGES, seconds=3) in (Trouble.UNREACHED, Trouble.SLOW)
    assert model.asked == []


@pytest.mark.parametrize(
    "address",
    ["http://localhost:11434/v1", "http://10.0.0.5/v1", "http://[::1]:8000/v1", "https://llm.example.com/v1/"],
)
def test_addresses_that_may_be_asked(address: str) -> None:
    assert Server.from_settings(address, "m", "k").address == address.rstrip("/") + "/chat/completions"


@pytest.mark.parametrize(
    ("address", "name", "key"),
    [
        ("http://llm.example.com/v1", "m", ""),
        ("http://8.8.8.8/v1", "m", ""),
        ("ftp://llm.example.com", "m", ""),
        ("llm.example.com", "m", ""),
        ("https://user:password@llm.example.com/v1", "m", ""),
        ("https://llm.example.com/v1?key=1", "m", ""),
        ("https://llm.example.com/" + "v" * 400, "m", ""),
        ("https://llm.example.com/v1", "", ""),
        ("https://llm.example.com/v1", "m", "a\nb"),
        ("https://llm.example.com/v1", "m", "密钥"),
    ],
)
def test_settings_that_cannot_be_used_are_named(address: str, name: str, key: str) -> None:
    with pytest.raises(ValueError, match="HUITONG_POLISH_"):
        Server.from_settings(address, name, key)


def test_the_key_is_never_shown_nor_logged(model: LanguageModel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    model.behaves = raw(b"{}", 401)
    ask(model)
    assert "secret-key-1" not in repr(server(model)) + server(model).address + caplog.text
