"""What stands in each filled workbook, one module a task."""
