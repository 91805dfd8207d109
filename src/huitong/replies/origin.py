"""Whether a mail is proven to come from the address that it names, as the house's own server found when it took it in.

Source: RFC 8601 (Authentication-Results), RFC 7489 (DMARC, alignment). Anyone can write such a header; what the
house's server
writes stands above all that came with the mail. So only the topmost counts, and only if it bears our server's name.
"""

import re
from typing import Final

from huitong.replies.mail import Mail

_NAMED: Final = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}


def is_proven(mail: Mail, server: str) -> bool:
    """Whether the topmost result is of `server`, says dmarc=pass, or an aligned dkim or spf pass, and no dmarc=fail."""
    results = mail.all("authentication-results")
    domain = mail.sender.rpartition("@")[2]
    if not server.strip() or not results or not domain or len(mail.all("from")) != 1:
        return False
    name, *found = _without_comments(results[0]).split(";")
    if name.split()[:1] != [server.strip().lower()] or not found:
        return False
    passed, failed = False, False
    for result in found:
        method, said, properties = _read(result)
        if method == "dmarc":
            named = properties.get("header.from", domain)
            passed |= said == "pass" and named == domain
            failed |= said == "fail" or named != domain
        elif method in _NAMED and said == "pass":
            named = next((properties[key] for key in _NAMED[method] if key in properties), "")
            passed |= _aligned(named.rpartition("@")[2], domain)
    return passed and not failed


def _aligned(proven: str, domain: str) -> bool:
    """The same domain, or one above it. One below it is in other hands as often as not."""
    return "." in proven and (domain == proven or domain.endswith("." + proven))


def _read(result: str) -> tuple[str, str, dict[str, str]]:
    words = re.split(r"\s+", re.sub(r"\s*=\s*", "=", result.strip()))
    method, _, said = words[0].partition("=")
    pairs = (word.partition("=") for word in words[1:])
    properties: dict[str, str] = {}
    for key, _, value in pairs:
        properties.setdefault(key, value.strip("\"'<>"))
    return method.partition("/")[0], said, properties


def _without_comments(value: str) -> str:
    """The value in lower case without what stands in parentheses, which may hold anything."""
    kept, depth, quoted = [], 0, False
    for character in value.lower():
        if character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth and not quoted:
            depth -= 1
        elif not depth:
            # A quoted text could hold what looks like a result of its own.
            kept.append("_" if quoted and character in ";= \t" else character)
    return "".join(kept)
