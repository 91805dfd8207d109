"""Plain Celery tasks that send a mail each: python benchmarks/peers/plain_celery.py PORT MAIL COUNT.

Prints mails a second. As its documentation shows it: a task a mail, the in-memory broker, four threads, a connection a
mail.
"""

import base64
import smtplib
import sys
import threading
import time
from pathlib import Path

from celery import Celery
from celery.worker import WorkController

app = Celery("plain", broker="memory://localhost", fixups=[])
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False, worker_enable_remote_control=False)
app.conf.broker_transport_options = {"polling_interval": 0.01}
done = threading.Semaphore(0)


@app.task(name="send")
def send(port: int, receiver: str, mail: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="[127.0.0.1]", timeout=30) as smtp:
        smtp.sendmail("huitong@works.example", [receiver], base64.b64decode(mail))
    done.release()


def main() -> None:
    port, mail, count = int(sys.argv[1]), base64.b64encode(Path(sys.argv[2]).read_bytes()).decode(), int(sys.argv[3])
    worker = WorkController(app=app, pool="threads", concurrency=4, without_heartbeat=True, without_mingle=True)
    threading.Thread(target=worker.start, daemon=True).start()
    for number in range(20):
        send.delay(port, f"warm{number}@works.example", mail)
    for _ in range(20):
        done.acquire()
    begun = time.perf_counter()
    for number in range(count):
        send.delay(port, f"r{number}@works.example", mail)
    for _ in range(count):
        done.acquire()
    print(count / (time.perf_counter() - begun))


if __name__ == "__main__":
    main()
