"""The vault: texts, contacts, photos and points, encrypted and erasable; the ledger holds only their hashes."""
