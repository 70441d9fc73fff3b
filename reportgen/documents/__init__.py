"""Documents beside a workbook: from the bytes of any office's file to all of its text, and to what is not in that text."""
