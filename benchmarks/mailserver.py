"""A mail server in a process of its own, for the programs beside it: python benchmarks/mailserver.py FOLDER [options].

It writes its port into FOLDER/port, and a line for each letter that it has accepted into FOLDER/accepted before it says
so: seconds since 1970, Message-ID, addressee. With `--trouble` it misbehaves as real ones do, by the dice of `--seed`:
refuses for good (those at gone.example), refuses for now, drops the connection before it has accepted, hangs for ever.
It never loses its answer after it has accepted: that would double letters without anybody's fault.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Inbox:
    def __init__(self, folder: Path, *, milliseconds: float, trouble: float, seed: int) -> None:
        self.accepted = (folder / "accepted").open("a", buffering=1)
        self.seconds, self.trouble, self.dice = milliseconds / 1000, trouble, random.Random(seed)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.endswith("@gone.example"):
            return "550 5.1.1 No such user"
        if self.dice.random() < self.trouble / 2:
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.seconds * self.dice.uniform(0.5, 1.5))
        chance = self.dice.random()
        if chance < self.trouble / 8:
            await asyncio.sleep(3600)  # hangs; the other side gives up
        if chance < self.trouble / 4:
            server.transport.abort()
            await asyncio.sleep(3600)
        if chance < self.trouble / 2:
            return "452 4.3.1 Too little room just now"
        content = envelope.content
        found = MESSAGE_ID.search(content if isinstance(content, bytes) else str(content).encode())
        if not found:
            return "554 5.6.0 No Message-ID"
        if server.transport.is_closing():
            # The client died while we worked. What has not been answered has not been accepted.
            return "451 4.4.2 Connection lost"
        self.accepted.write(f"{time.time():.6f}\t{found[1].decode()}\t{envelope.rcpt_tos[0]}\n")
        return "250 OK"


async def serve(folder: Path, inbox: Inbox, port: int) -> None:
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    server = await loop.create_server(lambda: SMTP(inbox, hostname="mail.example", loop=loop), "127.0.0.1", port)
    part = folder / "port.part"
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.replace(folder / "port")
    # The program that started it may be killed: it must not stay behind.
    while not ending.is_set() and os.getppid() != 1:
        try:
            await asyncio.wait_for(ending.wait(), 1)
        except TimeoutError:
            continue
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--milliseconds", type=float, default=0, help="that accepting a letter takes, on average")
    parser.add_argument("--trouble", type=float, default=0, help="how many of its answers are none that one hopes for")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.setswitchinterval(0.05)
    inbox = Inbox(options.folder, milliseconds=options.milliseconds, trouble=options.trouble, seed=options.seed)
    asyncio.run(serve(options.folder, inbox, options.port))


if __name__ == "__main__":
    main()
