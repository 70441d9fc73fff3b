"""Copies of a user's own file with something added: faulty cells marked, rows appended; all else stays byte for byte."""
