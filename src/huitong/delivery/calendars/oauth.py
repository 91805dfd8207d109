"""Leave to see when somebody is busy, given at their provider: OAuth 2.0 by code, with PKCE (RFC 6749, 7636, 9700)."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from huitong.delivery.calendars.fetching import Answer, Client, read_address, trouble_of
from huitong.delivery.calendars.trouble import Trouble

_EARLY: Final = timedelta(minutes=2)  # a token that ends within the fetch is no use
_LARGEST: Final = 65_536
LONGEST_CODE: Final = 4_000


@dataclass(frozen=True, slots=True)
class Provider:
    """Where leave is given and tokens are had; `scope` is the least that tells of busy time."""

    name: str
    authorize: str
    token: str
    scope: str
    client: tuple[str, str]
    more: Mapping[str, str]
    asks_mailbox: bool = False


def is_set(provider: Provider) -> bool:
    return all(provider.client)


def begin() -> dict[str, str]:
    """What has to be remembered while somebody is at their provider."""
    return {"state": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48)}


def is_same(begun: str, came: str) -> bool:
    return secrets.compare_digest(begun, came)


def address(provider: Provider, begun: Mapping[str, str], back: str) -> str:
    """Where to send them."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client[0],
        "redirect_uri": back,
        "scope": provider.scope,
        "state": begun["state"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **provider.more,
    }
    return f"{provider.authorize}?{urlencode(asked)}"


def bearer(client: Client, provider: Provider, secret: dict[str, Any]) -> dict[str, str]:
    """The header to ask with. Exchanges the code, or renews what has run out, and leaves in `secret` what is new."""
    if not is_set(provider):
        raise Trouble("unset")
    if "code" in secret:
        told = {"code": secret.pop("code"), "redirect_uri": secret.pop("back"), "code_verifier": secret.pop("verifier")}
        _renew(client, provider, secret, {"grant_type": "authorization_code", **told})
    elif not secret.get("access") or datetime.fromisoformat(secret["until"]) < datetime.now(UTC) + _EARLY:
        if not secret.get("refresh"):
            raise Trouble("refused")
        _renew(client, provider, secret, {"grant_type": "refresh_token", "refresh_token": secret["refresh"]})
    return {"Authorization": f"Bearer {secret['access']}"}


def _renew(client: Client, provider: Provider, secret: dict[str, Any], form: Mapping[str, str]) -> None:
    name, key = provider.client
    answer = client.ask(
        "POST",
        read_address(provider.token),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        body=urlencode({**form, "client_id": name, "client_secret": key}).encode(),
        most=_LARGEST,
    )
    told = answer.json()
    if answer.status == 400 or told.get("error"):
        # invalid_client is ours to mend, anything else theirs: leave was taken back, or the code was too old.
        raise Trouble("unset" if told.get("error") in ("invalid_client", "unauthorized_client") else "refused")
    if answer.status != 200:
        raise trouble_of(answer)
    if not isinstance(told.get("access_token"), str):
        raise Trouble("answer")
    lasts = told.get("expires_in")
    lasts = lasts if isinstance(lasts, int) and 0 < lasts < 1_000_000 else 300
    secret["access"] = told["access_token"]
    secret["until"] = (datetime.now(UTC) + timedelta(seconds=lasts)).isoformat()
    if isinstance(told.get("refresh_token"), str):
        secret["refresh"] = told["refresh_token"]


def ask(client: Client, provider: Provider, secret: dict[str, Any], at: str, body: bytes, **headers: str) -> Answer:
    """POST JSON with the token; with a new one, if the one that we have is refused. Raises Trouble."""
    for again in (False, True):
        sent = bearer(client, provider, secret) | {"Content-Type": "application/json"} | headers
        answer = client.ask("POST", read_address(at), headers=sent, body=body)
        if answer.status != 401 or again:
            break
        secret["access"] = ""
    return answer
