"""Everything that can do the task and be asked."""
