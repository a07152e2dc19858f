"""One module for each row of the performance page; each has ``run(plan) -> Result``."""
