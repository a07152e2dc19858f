"""What is promised: matters, procedures, limits, calendars; published = frozen."""
