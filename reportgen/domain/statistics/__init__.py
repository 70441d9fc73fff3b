"""The arithmetic of uncertainty, kept apart so that every figure's interval can be checked without the rest of the tool.

Pure functions of numbers: nothing here knows a workbook, a candidate or a report. Formulas and their sources stand with each
function; known answers and independent judges (statsmodels, scipy, scikit-learn) stand in `tests/domain/statistics`.
"""
