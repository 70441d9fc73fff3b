"""Figures and lists in words: rounded once, the same wherever they are printed."""
