"""The one reader of typed text: numbers, money, dates and shares, with every reading that a text has."""
