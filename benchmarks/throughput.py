"""How many letters one worker sends a second, beside plain Celery tasks that send the same mails, in this one run.

usage: python benchmarks/throughput.py [--letters 2000] [--database sqlite|postgres] [--milliseconds 0]

The worker is `huitong worker` as an operator starts it, with four letters on the way at once: each is a row that is
claimed, begun, composed, handed over and noted. The peer is a Celery worker with as many threads and the in-memory
broker, whose tasks open a connection and hand over a mail that was composed before; if it dies, its tasks are gone.
Both speak to the same mail server in a process of its own, which takes `--milliseconds` to accept a letter.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from house import House, house, load, run, wait_for

PEER = Path(__file__).parent / "peers" / "plain_celery.py"


def measure(house: House, letters: int, milliseconds: float, database: str) -> None:
    house.use(database=database)
    server = house.mail_server(milliseconds=milliseconds)
    house.open()
    import letters as outbox  # noqa: PLC0415 - once the desk is open

    from huitong.delivery.transports.mail import letter  # noqa: PLC0415
    from huitong.records.models import Outbox  # noqa: PLC0415

    process = house.worker()
    matter = outbox.matter()
    wait_for(lambda: outbox.alive() == 1, "the worker's first look at the outbox")
    outbox.promise(outbox.people(40), matter)
    wait_for(lambda: not outbox.waiting(), "the first letters")

    def rate(kind: str, promised: set[str], before: int) -> None:
        wait_for(lambda: not outbox.waiting(), f"{letters} letters", 60 + letters / 5)
        accepted = server.accepted()[before:]
        once = sorted(message_id for _, message_id in accepted) == sorted(promised)
        noted = Outbox.objects.filter(state="sent", message_id__in=promised).count() == len(promised)
        took = accepted[-1][0] - accepted[0][0]
        said = "each once" if once and noted else "NOT EACH ONCE"
        print(f"  huitong worker, {database:9} {(letters - 1) / took:6.0f} a second, {kind}, {said}", flush=True)

    before = len(server.accepted())
    promised = outbox.promise(outbox.people(letters), matter, due_at=outbox.tomorrow())
    outbox.all_due()
    rate("all due at one moment", promised, before)
    before = len(server.accepted())
    rate("while another process writes them", outbox.promise(outbox.people(letters), matter), before)
    process.terminate()
    process.wait()

    row = Outbox.objects.select_related("person", "matter__requester", "link").first()
    assert row
    mail = house.home / "mail"
    mail.write_bytes(letter.compose(row, "huitong@works.example"))
    port = server.url.rpartition(":")[2]
    command = [sys.executable, str(PEER), port, str(mail), str(letters)]
    result = subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60 + letters / 5)
    if result.returncode:
        sys.exit(result.stderr)
    print(f"  plain Celery tasks        {float(result.stdout):6.0f} a second, nothing composed, nothing kept")
    print(f"  {load()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    parser.add_argument("--milliseconds", type=float, default=0)
    options = parser.parse_args()
    if not options.database:
        for database in ("sqlite", "postgres"):
            if status := run(*sys.argv, "--database", database):
                sys.exit(status)
        return
    print(f"{options.letters} letters, a mail server that takes {options.milliseconds:.0f} ms", flush=True)
    with house() as ours:
        measure(ours, options.letters, options.milliseconds, options.database)


if __name__ == "__main__":
    main()
