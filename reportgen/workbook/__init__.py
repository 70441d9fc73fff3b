"""The workbook: its layout as data, reading it, writing it."""
