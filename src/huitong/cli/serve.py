"""huitong serve: the web pages and the worker, until Ctrl-C."""

import ipaddress
import os
import signal
import socket
import sys
from contextlib import nullcontext
from importlib import import_module
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer
import waitress
from django.conf import settings
from rich.cells import cell_len

from huitong.cli import _child, sample
from huitong.cli._console import stop
from huitong.cli._desk import model, open_desk


def command(
    host: Annotated[
        str, typer.Option(envvar="HUITONG_HOST", help="The address to listen on; 0.0.0.0 is every one.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="HUITONG_PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8000,
    offer_sample: Annotated[
        bool, typer.Option("--offer-sample", help="Offer the sample organisation to an empty desk.")
    ] = False,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether a worker runs too; huitong worker runs one elsewhere.")
    ] = True,
) -> None:
    """Start the web pages and a worker.

    The database is made and brought up to date by itself. Ctrl-C stops both.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    listening = _listen(host, port)
    os.environ["HUITONG_HOST"] = f"[{host}]" if ":" in host else host
    os.environ["HUITONG_PORT"] = str(listening.getsockname()[1])
    open_desk()
    if offer_sample and sample.is_empty() and _wants_sample():
        typer.echo("Loading the sample organisation; HUITONG_SAMPLE=no starts with an empty desk.")
        sample.load()
    application = import_module("huitong.web.wsgi").application
    bounds = {"threads": 8, "max_request_body_size": 1_000_000 * settings.EVIDENCE_MB + 8_000_000}
    server = waitress.create_server(application, sockets=[listening], **bounds, **_proxy())
    with _child.worker() if with_worker else nullcontext():
        _say_ready()
        server.run()  # until SIGINT or SIGTERM
        typer.echo("Stopping.")
    server.close()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is touched: who has it may be using the same database."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except socket.gaierror:
        stop(f'"{host}" is not an address of this machine; try --host 127.0.0.1.')
    except OSError as error:
        stop(
            f"Port {port} on {host} cannot be used: {error.strerror}. Try another one: HUITONG_PORT={port % 65535 + 1}."
        )
    return listening


def _wants_sample() -> bool:
    answer = os.environ.get("HUITONG_SAMPLE", "").strip().lower()
    if answer or not sys.stdin.isatty():
        return answer not in ("no", "n", "0", "false")
    return typer.confirm("This desk is empty. Load the sample organisation, to look around?", default=True)


def _proxy() -> dict[str, Any]:
    # With an https address there is a proxy in front, which says who the client is.
    if urlsplit(settings.ADDRESS).scheme != "https":
        return {}
    return {"trusted_proxy": settings.PROXY, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"}


def _say_ready() -> None:
    typer.echo(f"\nHuitong is ready: {settings.ADDRESS}/")
    links = sample.sign_in_links(settings.ADDRESS) if _is_loopback() else []
    if links:
        typer.echo("Try it as one of the sample people:")
        width = max(cell_len(label) for label, _ in links)  # a Chinese character is two columns wide
        for label, address in links:
            typer.echo(f"  {label}{' ' * (width - cell_len(label))}  {address}")
    elif not model("Person").objects.filter(is_organiser=True).exists():
        typer.echo('Nobody can sign in yet. Invite the first organiser: huitong invite EMAIL --name "NAME" --organiser')
    typer.echo("Ctrl-C stops it.")
    sys.stdout.flush()


def _is_loopback() -> bool:
    """Whether nobody outside this machine can come here."""
    for name in (os.environ["HUITONG_HOST"].strip("[]"), urlsplit(settings.ADDRESS).hostname or ""):
        try:
            if name != "localhost" and not ipaddress.ip_address(name).is_loopback:
                return False
        except ValueError:
            return False
    return True
