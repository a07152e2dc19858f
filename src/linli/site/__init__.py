"""Assembly: settings, addresses, command line, embedded database, relay, and the pages that compose rooms."""
