"""Spreadsheets as every room writes them: text stays text, what no cell holds is refused, a file is whole or not there."""
