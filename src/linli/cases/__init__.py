"""Cases: the closed loop, and the one place where a case changes."""
