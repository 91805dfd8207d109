"""How long something takes."""

import statistics
import time
from collections.abc import Callable


def median(run: Callable[[], object], rounds: int, *, warm: int = 0) -> float:
    """The median time of one run in milliseconds, after `warm` runs that do not count."""
    for _ in range(warm):
        run()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)
