"""The gate: a run accepted as the baseline on purpose, and every later run judged against it before it may be used."""
