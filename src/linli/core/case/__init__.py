"""A case: its state, the commands it takes, the events that change it, and the rules between them."""
