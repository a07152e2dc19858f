"""What helper processes do inside the product; each module is loaded by :func:`bench.workers.helper`."""
