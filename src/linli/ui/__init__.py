"""Base templates, components and template tags; knows no domain."""
