"""Every figure of the design's performance page, each beside its limit in the same run. ``./run bench`` starts it."""
