"""The desk: work lists and cases for officers."""
