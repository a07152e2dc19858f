"""The rulebook: values in, events out. Free of Django, clock, disk and chance."""
