"""Answers composed from the program's data, one module a topic."""
