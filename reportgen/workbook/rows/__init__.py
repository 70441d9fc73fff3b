"""From plain cells to the filled rows of each sheet: every cell read by its type, every fault told by its cell."""
