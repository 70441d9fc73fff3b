"""What makes a run folder audit evidence."""
