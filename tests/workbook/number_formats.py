"""Number formats with the numbers that are shown in them, for the comparison with LibreOffice.

    python -m tests.workbook.number_formats

prints them as JSON, for programs that are not Python.
"""

from __future__ import annotations

import json

Cell = float | str

NUMBERS: tuple[tuple[str, ...], tuple[float, ...]] = (
    (
        "General",
        "0",
        "0.00",
        "#,##0",
        "#,##0.00",
        "0.0",
        "#,##0.0",
        "0.000",
        "#.##",
        "#,###",
        "0.0#",
        "#0.0##",
        "0.00;(0.00)",
        '0.00;-0.00;"nil"',
        "#,##0;[Red](#,##0)",
        "[Red]0.0;[Blue]-0.0",
        "0.00E+00",
        "0E+0",
        "##0.0E+0",
        "0.0E-0",
        "#,##0,",
        '#,##0.0,,"M"',
        '0.0,"k"',
        '"$"#,##0.00',
        '"€"#,##0.00',
        '#,##0.00 "€"',
        "#,##0.00 [$€-407]",
        "[$€-2] #,##0.00",
        "[$£-809]#,##0.00",
        "[$USD] #,##0.00",
        "[$¥-411]#,##0",
        '#,##0.00\\ "zł"',
        "[$R$-416] #,##0.00",
        '"CHF" #,##0.00;"CHF" -#,##0.00',
        "[$₹-4009] #,##0.00",
        '0" kg"',
        '0.0" m²"',
        '"approx. "0',
        "\\~0",
        '0\\ "h"',
        "0.00_);(0.00)",
        '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
        "[<10]0.00;[<1000]0.0;0",
        '[>100]"many";[<0]"less";0',
        '[=0]"none";0',
        '[<=5]"low "0;"high "0',
        "+0;-0;0",
        "+0.0;-0.0;0.0",
        "0;0;",
        'General" pcs"',
        '"n="General',
        '0" "',
        "0!",
        "(0)",
        '0.0"x"',
        "0?",
        "??0.0??",
        "#,##0.00;;",
        '[>=1000]#,##0,"k";0',
        "[Color10]0.00",
    ),
    (0, 7, -3, 1234.5678, 0.05, -1234567.891),
)
"""Numbers: places, thousands, scaling, powers of ten, currencies, literals, sections and conditions."""

CODES: tuple[tuple[str, ...], tuple[float, ...]] = (
    (
        "00000",
        "000-00-0000",
        '"INV-"00000',
        "00000-0000",
        "(000) 000-0000",
        "000\\.000\\.000",
        "+00 00 000000",
        '00":"00',
        '"ID"0',
        "0000 0000",
        "#-##-##",
        '"A"00"B"00',
        '0"."0',
        "00\\-00",
    ),
    (42, 0, 12345678, -5),
)
"""Digits with literals between them."""

SHARES: tuple[tuple[str, ...], tuple[float, ...]] = (
    (
        "0%",
        "0.00%",
        "0.0%",
        "#%",
        "0\\ %",
        "0 %",
        "0\\%",
        '0"%"',
        '0.0"%"',
        "# ?/?",
        "# ??/??",
        "# ???/???",
        "?/?",
        "# ?/2",
        "# ?/8",
        "# ??/16",
        "0 ?/?",
        "0.0%;(0.0%)",
        "[Red]0%;-0%",
        "#,##0%",
    ),
    (0.19, 1.5, -0.075, 0),
)
"""Percentages and fractions."""

DATES: tuple[tuple[str, ...], tuple[float, ...]] = (
    (
        "d-mmm-yy",
        "d-mmm",
        "mmm-yy",
        "yyyy-mm-dd",
        "dd.mm.yyyy",
        "dd/mm/yyyy",
        "d/m/yy",
        "m/d/yyyy",
        "mmmm d, yyyy",
        "d mmmm yyyy",
        "dddd, mmmm dd, yyyy",
        "ddd d mmm",
        "mmmmm",
        "mmmm",
        "yyyy",
        "yy",
        "dd",
        "yyyymmdd",
        "yyyy-mm-dd hh:mm",
        'yyyy-mm-dd"T"hh:mm:ss',
        "dd.mm.yyyy hh:mm",
        "m/d/yy h:mm AM/PM",
        "[$-409]d mmmm yyyy",
        "[$-407]d. mmmm yyyy",
        "[$-407]ddd, d. mmm yyyy",
        "[$-40C]d mmmm yyyy",
        "[$-C0A]d mmmm yyyy",
        "[$-410]d mmmm yyyy",
        "[$-419]d mmmm yyyy",
        "[$-415]d mmmm yyyy",
        '[$-411]yyyy"年"m"月"d"日"',
        '[$-804]yyyy"年"m"月"d"日"',
        '[$-412]yyyy"년" m"월" d"일"',
        '[$-411]ggge"年"m"月"d"日"',
        "[$-809]dd mmmm yyyy",
        '[$-416]d "de" mmmm "de" yyyy',
        "[$-413]d mmmm yyyy",
        "[$-41D]d mmmm yyyy",
        'yyyy"."mm"."dd',
        "d\\.m\\.yy",
        "[$-411]yyyy/m/d(aaa)",
        '"Q"0',
        "dd-mmm-yyyy;@",
        "[$-404]e/m/d",
    ),
    (46115, 46115.625, 45291.999, 36526.25),
)
"""Dates, and moments, in several languages."""

TIMES: tuple[tuple[str, ...], tuple[float, ...]] = (
    (
        "h:mm",
        "h:mm:ss",
        "h:mm AM/PM",
        "h:mm:ss AM/PM",
        "hh:mm",
        "hh:mm:ss",
        "mm:ss",
        "mm:ss.0",
        'h"h" mm"m"',
        "hh:mm:ss.000",
        "h AM/PM",
        "h:mm a/p",
        "[$-409]h:mm AM/PM",
        "h",
    ),
    (0.5, 0.75013, 0.0421875, 46115.625),
)
"""Times of day."""

DURATIONS: tuple[tuple[str, ...], tuple[float, ...]] = (
    (
        "[h]:mm",
        "[h]:mm:ss",
        "[hh]:mm",
        "[m]",
        "[mm]:ss",
        "[s]",
        "[h]",
        '[h]"h "mm',
        "[ss].00",
    ),
    (0.5, 1.104166667, 2.75, 0),
)
"""Durations."""

TEXTS: tuple[tuple[str, ...], tuple[Cell, ...]] = (("@", '0;-0;0;"<"@">"', '@" kg"'), ("a word", 0.5))
"""Texts, to which a format may add words."""

CASES: tuple[tuple[str, Cell], ...] = tuple(
    (code, value)
    for codes, values in (NUMBERS, CODES, SHARES, DATES, TIMES, DURATIONS, TEXTS)
    for code in codes
    for value in values
)

EXCEL_DIFFERS = {
    "#.##": "Excel shows the point although no place follows it, LibreOffice leaves it out",
    "#,###": "the format hides zero; its digits are read, and a text column says so",
    "0;0;": "as above",
    "#,##0.00;;": "the format hides what is not above zero",
    '[=0]"none";0': "Excel keeps the sign where the condition of the first section is not about it",
    '[>=1000]#,##0,"k";0': "as above",
    'yyyy-mm-dd"T"hh:mm:ss': "Excel rounds to the last place shown, LibreOffice cuts",
    "[ss].00": "LibreOffice does not read hundredths behind whole seconds in brackets",
}
"""Format to why what we read differs from what LibreOffice shows; Excel's own rule goes before."""

SAVED_OTHERWISE = {
    "xlsx": {
        "h:mm a/p": "LibreOffice saves it as A/P, which Excel shows in capitals",
        "[$-407]d. mmmm yyyy": "LibreOffice saves the point as /, for which Excel takes the system's mark of dates",
        "[$-407]ddd, d. mmm yyyy": "as above",
    },
    "ods": {
        "0?": "the format of .ods has no such place; the saved text is what the cell showed",
        "??0.0??": "as above",
        "mmmmm": "as above, of the first letter of a month",
        "h:mm a/p": "as above, of small letters",
    },
}
"""Formats that LibreOffice saves as other ones, by kind of file."""

if __name__ == "__main__":
    print(json.dumps(CASES))  # noqa: T201 - its only result
