"""Calendars in: fetched again by the worker when due, from where their owner said, within bounds."""
