"""Speeds, each beside its reference in the same run; `make bench` prints them. Never a test: machines are noisy."""
