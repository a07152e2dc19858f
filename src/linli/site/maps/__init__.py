"""What pages with a map ask for: outlines, and the area at a point."""
