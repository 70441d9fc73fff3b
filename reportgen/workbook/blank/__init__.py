"""Workbooks that we write for people to fill in: blank ones, samples, filled examples."""
