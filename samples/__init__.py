"""Filled workbooks that we wrote ourselves, one a task, with the programs that really gave their recorded answers."""
