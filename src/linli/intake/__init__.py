"""Intake: every way in, normalised to one report, and what is understood of it."""
