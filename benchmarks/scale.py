"""Many processes on PostgreSQL and a broker: how much more four workers send than one, a whole life, and the soak.

usage: python benchmarks/scale.py [--rows 10000] [--milliseconds 60] [--deliveries 1000] [--kills 25] [--seed N]
           [--first-alone]

`make scale-test` installs what is missing and runs this. All servers are of its own, on loopback:
1. PostgreSQL and Redis; a mail server that takes `--milliseconds` to accept a letter, as one across a network does.
   One worker sends `--rows` letters that are due at one moment, then four workers as many. Each of them has a beat of
   its own; still every row is sent once, at its first try.
2. Four workers and two web processes behind nginx: one matter goes its whole life in real browsers
   (tests/web/test_whole_life.py), now answered by one process, now by the other.
3. benchmarks/soak.py with four workers: PostgreSQL with Redis, PostgreSQL with RabbitMQ.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter

from house import ROOT, House, answers, end, free_port, house, load, machine, run, wait_for

WORKERS = 4
WEB = 2


def throughput(house: House, rows: int, milliseconds: float) -> float:
    """How many times as much as one worker four send."""
    server = house.mail_server(milliseconds=milliseconds)
    import letters as outbox  # noqa: PLC0415 - once the desk is open

    from huitong.records.models import Outbox  # noqa: PLC0415

    rates = []
    for count in (1, WORKERS):
        processes = [house.worker() for _ in range(count)]
        wait_for(lambda: outbox.alive() == count, "the workers' first look at the outbox")  # noqa: B023
        promised = outbox.promise(outbox.people(rows), outbox.matter(), due_at=outbox.tomorrow())
        before = len(server.accepted())
        outbox.all_due()
        wait_for(lambda: not outbox.waiting(), f"{rows} letters", 120 + rows / 10)
        accepted = server.accepted()[before:]
        took = accepted[-1][0] - accepted[0][0]
        rates.append((rows - 1) / took)
        sent = Outbox.objects.filter(message_id__in=promised)
        shares = Counter(owner.rpartition(":")[0] for owner in sent.values_list("lease_owner", flat=True))
        once = sorted(message_id for _, message_id in accepted) == sorted(promised)
        first = sent.filter(state="sent", tries=1).count() == rows
        said = "each once, at its first try" if once and first else "NOT EACH ONCE"
        print(
            f"  {count} workers: {rates[-1]:.0f} a second; {said}; shares {sorted(shares.values())}; {load()}",
            flush=True,
        )
        for process in processes:
            end(process, seconds=90)
        if not (once and first):
            sys.exit(1)
    return rates[1] / rates[0]


NGINX = """
worker_processes 1;
pid {home}/nginx.pid;
error_log {home}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
    uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    upstream huitong {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://huitong;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


def whole_life(house: House) -> bool:
    """One matter in browsers, with four workers and two web processes behind a proxy."""
    nginx = machine.nginx()
    if not nginx:
        sys.exit("nginx is missing; on Debian: apt-get install nginx-light")
    front, ports = free_port(), [free_port() for _ in range(WEB)]
    address = f"http://127.0.0.1:{front}"
    more = {"HUITONG_ADDRESS": address, "HUITONG_LOG_LEVEL": "DEBUG", "HUITONG_LOG_FORMAT": "json"}
    log = house.home / "events"
    # All at once: of the processes that find a database that is not up to date, one migrates.
    for number, port in enumerate(ports):
        sample = ["--offer-sample"] if not number else []
        house.start("-P", "-m", "huitong", "serve", "--no-worker", "--port", str(port), *sample, errors=log, **more)
    wait_for(lambda: house.log.read_text().count("Ctrl-C stops it.") == WEB, "the web processes' start")
    for _ in range(WORKERS):
        house.start("-P", "-m", "huitong", "worker", errors=log, **more)
    (house.home / "nginx").mkdir()
    servers = " ".join(f"server 127.0.0.1:{port};" for port in ports)
    conf = house.home / "nginx" / "nginx.conf"
    conf.write_text(NGINX.format(home=house.home / "nginx", servers=servers, port=front))
    house.start("-c", str(conf), "-g", "daemon off;", program=nginx)
    wait_for(lambda: answers(front), "nginx's start")

    links = dict(re.findall(r"^\s+(\S.*?)\s+(http\S+/demo/\S+)$", house.log.read_text(), re.MULTILINE))
    told = house.home / "desk.json"
    mails = str(house.home / "desk" / "mail")
    told.write_text(json.dumps({"address": address, "links": links, "mails": mails, "log": str(log)}))
    command = [sys.executable, "-m", "pytest", "-q", "tests/web/test_whole_life.py", "-k", "zh-hans"]
    result = subprocess.run(command, cwd=ROOT, env={**os.environ, "DESK_OF_MANY": str(told)})
    events = [json.loads(line) for line in log.read_text().splitlines()]
    requests = sum(event["event"] == "request" for event in events)
    letters = sum(event["event"] == "letter" and event.get("outcome") == "sent" for event in events)
    said = "went its whole life" if result.returncode == 0 else "DID NOT go its whole life"
    print(f"  a matter {said}: {requests} requests, {letters} letters; {load()}", flush=True)
    return result.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--milliseconds", type=float, default=60)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--first-alone", action="store_true", help="only the first of the three")
    options = parser.parse_args()
    began = time.monotonic()
    takes = f"a mail server that takes {options.milliseconds:.0f} ms"
    print(f"PostgreSQL and Redis, {options.rows} rows due, {takes}", flush=True)
    with house() as ours:
        ours.use(database="postgres", broker="redis")
        ours.open()
        times = throughput(ours, options.rows, options.milliseconds)
    if options.first_alone:
        print(f"four workers send {times:.2f} times as much as one")
        return
    print("PostgreSQL and Redis, four workers, two web processes", flush=True)
    with house() as ours:
        ours.use(database="postgres", broker="redis")
        well = whole_life(ours)
    for broker in ("redis", "rabbitmq"):
        command = [str(ROOT / "benchmarks" / "soak.py"), "--database", "postgres", "--broker", broker]
        command += ["--workers", str(WORKERS), "--deliveries", str(options.deliveries), "--kills", str(options.kills)]
        well = run(*command, "--seed", str(options.seed)) == 0 and well
    print(f"{(time.monotonic() - began) / 60:.0f} minutes; four workers send {times:.2f} times as much as one")
    sys.exit(not well)


if __name__ == "__main__":
    main()
