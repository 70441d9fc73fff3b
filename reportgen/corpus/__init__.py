"""The corpus: splits that are sealed and stay stable."""
