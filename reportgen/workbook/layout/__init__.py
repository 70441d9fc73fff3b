"""The sheets, columns and items of the workbook as data; blanks, parser, messages and README are fed from here."""
