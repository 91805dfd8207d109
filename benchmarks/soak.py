"""Workers are killed while they send; broker, database and mail server misbehave. Is anything lost or doubled?

usage: python benchmarks/soak.py [--deliveries 2000] [--kills 50] [--database sqlite|postgres]
           [--broker memory|redis|rabbitmq] [--workers 2] [--seed N]

Everything is real: workers as an operator starts them, a mail server in a process of its own which refuses for good or
for now, drops the connection and hangs (benchmarks/mailserver.py), kill -9 at random moments, broker and database
stopped hard or softly and started again. Only waiting is shortened: once all kills are over, what waits for its next
try is due at once. Leases run out by the real clock.

lost     promised letters that the mail server has neither accepted nor refused for good, and those that are noted as
         sent though it has not accepted them
doubled  letters that it accepted more than once, under the same Message-ID, since a worker was killed after the server
         had accepted and before that was noted. A letter that was doubled without having been on its way in a worker
         that was killed, or when the database went, would be a fault: then it is said, and the exit code is 1
"""

import argparse
import random
import signal
import subprocess
import sys
import time
from collections import Counter

from house import House, MailServer, house, load, wait_for

GONE = 0.01  # of the addresses are refused for good
TROUBLE = 0.04  # of the mail server's answers are none that one hopes for
RESTARTS = 4  # of the broker, and as many of the database


def soak(house: House, options: argparse.Namespace, dice: random.Random) -> int:
    house.use(database=options.database, broker=options.broker)
    server = house.mail_server(milliseconds=20, trouble=TROUBLE, seed=options.seed)
    house.open()
    import letters as outbox  # noqa: PLC0415 - once the desk is open
    from django.db import Error  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from huitong.records.models import Outbox  # noqa: PLC0415

    def on_its_way(process: int = 0) -> set[str]:
        begun = Outbox.objects.filter(state="waiting", begun__gt=0)
        if process:
            begun = begun.filter(lease_owner__contains=f":{process}:", lease_until__gt=timezone.now())
        return set(begun.values_list("message_id", flat=True))

    began = time.monotonic()
    matter = outbox.matter()
    people = outbox.people(options.deliveries, gone=round(GONE * options.deliveries))
    dice.shuffle(people)
    workers = [house.worker() for _ in range(options.workers)]
    wait_for(lambda: outbox.alive() >= options.workers, "the workers' first look at the outbox")
    promised: set[str] = set()
    in_danger: set[str] = set()
    sending = 0
    share = -(-len(people) // max(options.kills, 1))
    restarts = {round(options.kills * (n + 0.5) / RESTARTS) for n in range(RESTARTS)}
    for kill in range(options.kills):
        promised |= outbox.promise(people[kill * share : (kill + 1) * share], matter)
        # Some are killed while they start, most while they send.
        time.sleep(dice.uniform(0, 5))
        victim = dice.randrange(len(workers))
        workers[victim].send_signal(signal.SIGKILL)
        workers[victim].wait()
        sending += bool(on_its_way(workers[victim].pid))
        in_danger |= on_its_way()
        workers[victim] = house.worker()
        if kill in restarts:
            if house.broker:
                house.broker.restart(hard=dice.random() < 0.5)
            if house.database:
                in_danger |= on_its_way()
                house.database.restart(hard=dice.random() < 0.5)
                outbox.away()
                wait_for(lambda: _works(outbox.waiting, Error), "the database's return")
                in_danger |= on_its_way()
        if not (kill + 1) % 10 or kill + 1 == options.kills:
            at, came = time.monotonic() - began, len(server.accepted())
            print(f"{at:5.0f} s  killed {kill + 1}, {sending} while sending; promised {len(promised)}, ", end="")
            print(f"accepted {came}, waiting {outbox.waiting()}", flush=True)
    promised |= outbox.promise(people[options.kills * share :], matter)
    ends = time.monotonic() + options.minutes * 60
    while time.monotonic() < ends and Outbox.objects.filter(state="waiting").exists():
        for number, worker in enumerate(workers):
            if worker.poll() is not None:  # as systemd does
                print(f"a worker ended by itself with {worker.returncode}", flush=True)
                workers[number] = house.worker()
        outbox.all_due()
        time.sleep(1)
    for worker in workers:
        worker.terminate()
    ended = [worker.wait(30) for worker in workers]
    print(f"{time.monotonic() - began:5.0f} s  all settled; workers ended with {ended}; {load()}", flush=True)
    return judge(server, promised, in_danger, dict(outbox.rows("message_id", "state")))


def _works(act, error: type[Exception]) -> bool:  # type: ignore[no-untyped-def]
    try:
        act()
    except error:
        return False
    return True


def judge(server: MailServer, promised: set[str], in_danger: set[str], states: dict[str, str]) -> int:
    times = Counter(message_id for _, message_id in server.accepted())
    refused = {message_id for message_id, state in states.items() if state == "failed"} - set(times)
    lost = {message_id for message_id in promised if not times[message_id] and message_id not in refused}
    lost |= {message_id for message_id, state in states.items() if state == "waiting"} | promised - set(states)
    doubled = {message_id for message_id, count in times.items() if count > 1}
    print(f"promised {len(promised)}, accepted {len(times)}, refused for good {len(refused)}")
    if unexplained := doubled - in_danger:
        print(f"doubled without having been on its way in a worker that was killed: {len(unexplained)}")
    more = {message_id: count for message_id, count in times.items() if count > 2}
    if more:
        print(f"accepted more than twice: {sorted(more.values())}")
    print(f"lost {len(lost)}, doubled {len(doubled)}")
    return int(bool(lost or unexplained))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--broker", choices=("memory", "redis", "rabbitmq"), default="memory")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=10, help="the longest that it waits for the last letters")
    options = parser.parse_args()
    print(
        f"{options.deliveries} deliveries, {options.kills} kills of {options.workers} workers, {options.database}, "
        f"{options.broker}, seed {options.seed}",
        flush=True,
    )
    with house() as ours:
        status = soak(ours, options, random.Random(options.seed))
        if status:
            subprocess.run(["tail", "-c", "4000", str(ours.log)], check=False)
    sys.exit(status)


if __name__ == "__main__":
    main()
