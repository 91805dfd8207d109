"""Slack, Teams and others through Apprise, with the extra `apprise`: handed over, not confirmed.

Apprise looks at the HTTP status alone, and some services refuse inside a 200; so "sent" means handed over. It opens
its own connections, so it runs in a process of its own that guards them and ends in time (child.py). Only services
whose host is fixed are taken (Teams by its workflow address, which names one of Microsoft's), and no options: some
read files, or stop checking certificates.

Source: Apprise documentation, "Slack", "Discord", "Google Chat", "Telegram", "Power Automate / Workflows".
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.conf import settings

from huitong.delivery import chat, webhook
from huitong.delivery.leases import Limit
from huitong.delivery.transports import Receipt
from huitong.records.models import Outbox

NAMES: Final = {"zh": "Slack、Teams 等", "zh-Hant": "Slack、Teams 等", "en": "Slack, Teams and others"}
REPEATS: Final = False
CONFIRMS: Final = False
AVAILABLE: Final = find_spec("apprise") is not None
SECRET: Final = False
PERSONAL: Final = False
EXAMPLE: Final = "slack://…  discord://…  gchat://…  tgram://…  workflows://…"
# The services, and for those whose address names a host what it must end with.
SERVICES: Final[dict[str, tuple[str, ...]]] = {
    "slack": (),
    "discord": (),
    "gchat": (),
    "tgram": (),
    "workflows": (".logic.azure.com", ".api.powerplatform.com"),
}
LONGEST: Final = 1_900  # Discord's 2000 characters, the least of these services
LIMIT: Final = Limit(at_once=1, a_minute=20)
SECONDS: Final = 45  # less than leases.SEND_SECONDS
_CHILD: Final = Path(__file__).with_name("child.py")
_PASSED_ON: Final = ("PATH", "PYTHONPATH", "SYSTEMROOT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def send(row: Outbox) -> Receipt:
    """Hand the row to Apprise. What it says no to may have arrived all the same: it does not tell why."""
    words, kept = chat.words_for(row, NAMES), chat.address_of(row, "apprise")
    if kept is None:
        return Receipt("refused", words("no_address"))
    if not AVAILABLE or not is_address(kept.address):
        return Receipt("refused", words("forbidden"))
    asked = {
        "address": kept.address,
        "text": chat.text_of(row, chat.language_of(row), LONGEST),
        "networks": [str(network) for network in settings.CHAT_NETWORKS],
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own program, its input on stdin
            [sys.executable, "-P", str(_CHILD)],
            input=json.dumps(asked),
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # it may name the address
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Receipt("unsure", words("unsure", words("slow")))
    except OSError as error:
        return Receipt("later", words("unreachable", error.strerror or ""))
    return {
        0: Receipt("sent"),
        2: Receipt("refused", words("gone", "Apprise")),
        3: Receipt("refused", words("forbidden")),
    }.get(done.returncode, Receipt("unsure", words("unsure", words("refused", "Apprise"))))


def toward(row: Outbox) -> tuple[str, Limit]:
    return chat.toward(row, "apprise", LIMIT)


def is_address(address: str) -> bool:
    """One address of a service that we take, without options."""
    found = webhook.parts_of(address)
    if found is None:
        return False
    parts, port = found
    if parts.scheme not in SERVICES or not parts.netloc or any(sign in address for sign in "?,"):
        return False
    ends = SERVICES[parts.scheme]
    host = parts.hostname or ""
    return not ends or (host.endswith(ends) and port == 443) or webhook.is_named(host, port)
