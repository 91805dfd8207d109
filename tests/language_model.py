"""A language model for tests: a real HTTP server in this process that answers, or misbehaves, as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[BaseHTTPRequestHandler], None]
Rewrite = Callable[[str], str]


class LanguageModel:
    """`asked` are the requests so far, as (headers, JSON); `connections` counts who connected. `behaves` answers."""

    def __init__(self) -> None:
        self.connections = 0
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.behaves: Behaviour = rewriting(lambda text: text)
        self.url = ""

    @property
    def settings(self) -> dict[str, str]:
        return {"POLISH_URL": self.url, "POLISH_MODEL": "small-7b", "POLISH_KEY": "secret-key-1"}


@contextmanager
def running() -> Iterator[LanguageModel]:
    model, stopping = LanguageModel(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.stopping = stopping
            content = self.rfile.read(int(self.headers["Content-Length"]))
            model.asked.append((dict(self.headers), json.loads(content)))
            self.asked = model.asked[-1][1]
            self.close_connection = True
            with suppress(OSError):  # they hung up
                model.behaves(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def verify_request(self, *_: object) -> bool:
            model.connections += 1
            return True

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()


def text_in(asked: dict[str, Any]) -> str:
    """The draft that was sent: what stands between the marks."""
    return str(asked["messages"][-1]["content"]).split("\n", 1)[1].rsplit("\n", 1)[0]


def raw(content: bytes, status: int = 200, **headers: str) -> Behaviour:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def completion(content: object, **more: object) -> Behaviour:
    """A well-formed answer with this content."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"} | more
    return raw(json.dumps({"object": "chat.completion", "choices": [choice]}).encode())


def rewriting(rewrite: Rewrite) -> Behaviour:
    """What a model makes of the draft that it is given."""
    return lambda handler: completion(rewrite(text_in(handler.asked)))(handler)


def silent(seconds: float) -> Behaviour:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.stopping.wait(seconds)
        completion("too late")(handler)

    return answer


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A stream that never ends, as fast as it goes."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.stopping.is_set():
        handler.wfile.write(b'data: {"choices": [{"delta": {"content": "more "}}]}\n\n' * 100)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """An answer of which a byte comes every tenth of a second."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.stopping.is_set():
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def dripping_head(handler: BaseHTTPRequestHandler) -> None:
    """The status line itself comes byte by byte."""
    while not handler.stopping.is_set():
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.1)


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"mess')
