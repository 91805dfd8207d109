"""Every table of the desk: one Django app, one migration history, no behaviour."""
