"""What is left of a run: the result as JSON, a page for people, tables for other programs."""
