"""comparison.xlsx: sheets, native charts and live formulas, arranged from the view and the comparison."""
