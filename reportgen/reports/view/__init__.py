"""The comparison in words and rounded figures, as records that the PDFs and the workbook arrange."""
