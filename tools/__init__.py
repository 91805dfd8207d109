"""Programs for those who work on Huitong: the environment, what tests need from the machine, the page of points."""
