"""The ledger: append-only entries in streams, each chained to the one before it."""
