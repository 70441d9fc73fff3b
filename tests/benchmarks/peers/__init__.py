"""Peers of the asking benchmark: each in an environment of its own, never a dependency of reportgen.

python -m tests.benchmarks.peers    makes the environments, once; `make bench` leaves a peer out, visibly, where it has none
"""
