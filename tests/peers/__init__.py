"""Runs on the real data of ../shared; skips, visibly, where it is missing."""
