"""A real worker, as a process, that dies in the middle of a fetch."""

import signal
from pathlib import Path

from tests.delivery.test_worker import SECONDS, open_desk
from tests.feeds import CERTIFICATE, Feed, ics

CONNECT = """
from huitong.matters.calendars import add_address
add_address(Person.objects.create(name="高岚"), words[0])
"""
TAKEN = """
from huitong.records.models import Busy, Calendar
while not Calendar.objects.exclude(taken_at=None).exists():
    time.sleep(0.1)
answer = [Busy.objects.count(), Calendar.objects.get().lease_until]
"""


def test_killed_in_the_middle_of_a_fetch_the_calendar_is_fetched_again(tmp_path: Path, feed: Feed) -> None:
    feed.content = ics(24, 48)
    more = {"HUITONG_CALENDAR_HOSTS": feed.host, "SSL_CERT_FILE": str(CERTIFICATE)}
    with open_desk(tmp_path) as desk:
        desk.run(CONNECT, feed.address)
        worker = desk.start("", **more)
        feed.behaves = lambda handler: worker.kill()
        assert worker.wait(SECONDS) == -signal.SIGKILL
        worker.communicate()
        feed.behaves = None
        worker = desk.start("", **more)
        try:
            assert desk.run(TAKEN) == [2, None]
            worker.terminate()
            output, _ = worker.communicate(timeout=SECONDS)
            assert (worker.returncode, output) == (0, "")
        finally:
            worker.kill()
            worker.wait()
    assert len(feed.got) == 2
