"""What a claim costs in an outbox of a million rows, and how long a letter waits on a quiet machine, in this one run.

usage: python benchmarks/outbox.py [--rows 1000000] [--database sqlite|postgres]

1,000 rows are due; of the others half are sent and half wait for a day to come. For comparison the same with as many
due and 10,000 rows in all. A claim takes as many rows as a sweep takes at once. Then one worker, nothing else at
work: from the due time of a letter to the mail server's "accepted".
"""

import argparse
import statistics
import sys
import time

from house import House, house, load, run, wait_for

DUE = 1000
LETTERS = 20


def fill(rows: int) -> None:
    """So many rows that are not due, and 1,000 that are, in place of what is there."""
    import letters as outbox  # noqa: PLC0415 - once the desk is open
    from django.db import connection  # noqa: PLC0415

    from huitong.records.models import Outbox  # noqa: PLC0415

    Outbox.objects.all().delete()
    matter = outbox.matter()
    outbox.promise(outbox.people(1), matter)
    columns = [field.column for field in Outbox._meta.concrete_fields if not field.primary_key]
    own = {
        "key": "'fill:' || n",
        "state": "CASE WHEN n / 2 * 2 = n THEN 'sent' ELSE 'waiting' END",
        "due_at": {"sqlite": "datetime('now', '+1 day', n || ' seconds')"}.get(
            connection.vendor, "now() + interval '1 day' + n * interval '1 second'"
        ),
        "message_id": "'<' || n || '@fill.example>'",
    }
    source = "generate_series(1, %s) AS s(n)"
    if connection.vendor == "sqlite":
        source = "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s) SELECT n FROM c)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_outbox ({', '.join(columns)}) "  # noqa: S608 - names of our own
            f"SELECT {', '.join(own.get(column, f't.{column}') for column in columns)} "
            f"FROM (SELECT * FROM records_outbox LIMIT 1) AS t, {source}",
            [rows],
        )
        Outbox.objects.exclude(key__startswith="fill:").delete()
        outbox.promise(outbox.people(DUE), matter, name=str(rows))
        cursor.execute("ANALYZE")


def claims() -> tuple[float, float]:
    """Claim all that is due, four rows at a time, and settle them: the median and the longest claim in milliseconds."""
    from django.utils import timezone  # noqa: PLC0415

    from huitong.delivery import leases  # noqa: PLC0415
    from huitong.delivery.app import BATCH  # noqa: PLC0415
    from huitong.records.models import Outbox  # noqa: PLC0415

    times, claimed = [], 0
    now = timezone.now()
    while True:
        begun = time.perf_counter()
        rows = leases.claim("benchmark", now=now, limit=BATCH)
        times.append(1000 * (time.perf_counter() - begun))
        claimed += len(rows)
        if not rows:
            break
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(state="sent", lease_until=None)
    if claimed != DUE:
        raise RuntimeError(f"{claimed} rows were claimed, and {DUE} were due")
    return statistics.median(times), max(times)


def plan() -> list[str]:
    """How the database finds what is due."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from huitong.delivery import leases  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        leases.claim("benchmark", now=timezone.now(), limit=4)
    [select] = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + select)
        lines = [str(row[-1]) for row in cursor.fetchall()]
    return [line.strip() for line in lines if "outbox" in line and ("Scan" in line or "USING" in line)]


def quiet(house: House) -> list[float]:
    """Seconds from the due time of a letter to its acceptance, one letter at a time."""
    import letters as outbox  # noqa: PLC0415

    from huitong.records.models import Outbox  # noqa: PLC0415

    server = house.mail_server()
    worker = house.worker()
    wait_for(lambda: outbox.alive() == 1, "the worker's first look at the outbox")
    Outbox.objects.filter(state="waiting", due_at__lte=outbox.tomorrow()).update(state="withdrawn")
    matter, times = outbox.matter(), []
    for number, person in enumerate(outbox.people(LETTERS)):
        time.sleep(0.7 + number % 10 / 10)  # at any moment between two sweeps
        [message_id] = outbox.promise([person], matter)
        wait_for(lambda: len(server.accepted()) > number, "a letter")  # noqa: B023 - it is over before the next
        due = Outbox.objects.get(message_id=message_id).due_at.timestamp()
        times.append(server.accepted()[-1][0] - due)
    worker.terminate()
    worker.wait()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    options = parser.parse_args()
    if not options.database:
        for database in ("sqlite", "postgres"):
            if status := run(*sys.argv, "--database", database):
                sys.exit(status)
        return
    with house() as ours:
        ours.use(database=options.database)
        ours.open()
        from huitong.delivery.app import BATCH  # noqa: PLC0415 - once the desk is open

        print(f"{options.database}, {DUE} rows due, a claim of {BATCH}", flush=True)
        for rows in (10_000, options.rows):
            fill(rows)
            median, longest = claims()
            print(f"  {rows:9,} rows that are not: median {median:5.1f} ms, longest {longest:5.1f} ms", flush=True)
        for line in plan():
            print(f"  {line}")
        times = quiet(ours)
        print(f"  due to accepted: median {statistics.median(times):.2f} s, longest {max(times):.2f} s; {load()}")


if __name__ == "__main__":
    main()
