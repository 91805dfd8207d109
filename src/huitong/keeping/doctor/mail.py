"""The mail server: it answers, greets, encrypts, knows our password. Nothing is sent."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from django.conf import settings

from huitong.delivery.transports.mail.smtp import Server, greet
from huitong.keeping.doctor import FAILURE, OK, WARNING, Finding, finding
from huitong.keeping.doctor.configuration import is_loopback

SECONDS: Final = 4  # for each answer; the whole check has 5


def check() -> Iterator[Finding]:
    if not settings.SMTP_URL:
        yield finding(WARNING, "mail.files", folder=settings.MAIL_FOLDER)
        return
    try:
        server = Server.from_url(settings.SMTP_URL)
    except ValueError:
        yield finding(FAILURE, "mail.unusable")
        return
    name = f"{server.host}:{server.port}"
    smtp = smtplib.SMTP(local_hostname="[127.0.0.1]", timeout=SECONDS)
    try:
        yield from _talk(smtp, server, name)
    except smtplib.SMTPAuthenticationError as error:
        yield finding(FAILURE, "mail.login", server=name, error=_said(error.smtp_code, error.smtp_error))
    except smtplib.SMTPNotSupportedError as error:
        yield finding(FAILURE, "mail.login", server=name, error=error)
    except smtplib.SMTPResponseException as error:
        yield finding(FAILURE, "mail.refuses", server=name, error=_said(error.smtp_code, error.smtp_error))
    except ssl.SSLCertVerificationError:
        yield finding(FAILURE, "mail.certificate", server=name)
    except TimeoutError:
        yield finding(FAILURE, "mail.slow", server=name, seconds=SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        if isinstance(error.__context__, TimeoutError):  # as smtplib tells of one
            yield finding(FAILURE, "mail.slow", server=name, seconds=SECONDS)
            return
        said = getattr(error, "strerror", None) or type(error).__name__
        yield finding(FAILURE, "mail.unreachable", server=name, error=said)
    finally:
        smtp.close()


def _talk(smtp: smtplib.SMTP, server: Server, name: str) -> Iterator[Finding]:
    how = greet(smtp, server, to_connect=SECONDS, to_answer=SECONDS)
    if not (server.tls or "STARTTLS" in how or is_loopback(server.host)):
        yield finding(WARNING, "mail.no_tls", server=name)
    yield finding(OK, "mail.answers", server=name, how=", ".join(["EHLO", *how]))
    with suppress(OSError, smtplib.SMTPException):
        smtp.quit()


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {re.sub('[^ -~]', ' ', text)}".split())[:120]
