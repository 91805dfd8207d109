"""Programs for those who work on Huitong: the environment, what tests need from the machine, the page of points."""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # numpy sums in one order: what is learned is the same bytes each time
