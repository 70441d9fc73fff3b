"""The number formats that a file names by their number alone, as English (United States) programs write them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LOCALE_DATE = ("F800", "F400", "X-SYSDATE", "X-SYSTIME")
"""Tags of formats that follow the settings of whoever looks: the system's long date and its time."""
OTHER_CALENDARS = ("D", "107", "106", "1010401", "2000000")
"""Beginnings of tags that ask for numerals or a calendar of another script (Thai, Arabic)."""

_SYSTEM_DATE, _SYSTEM_MOMENT = "[$-F800]yyyy-mm-dd", "[$-F800]yyyy-mm-dd hh:mm"
_ACCOUNTS = '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)'
_ACCOUNTS_2 = '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)'

BUILTIN: Mapping[int, str] = MappingProxyType(
    {
        1: "0",
        2: "0.00",
        3: "#,##0",
        4: "#,##0.00",
        5: '"$"#,##0_);("$"#,##0)',
        6: '"$"#,##0_);("$"#,##0)',
        7: '"$"#,##0.00_);("$"#,##0.00)',
        8: '"$"#,##0.00_);("$"#,##0.00)',
        9: "0%",
        10: "0.00%",
        11: "0.00E+00",
        12: "# ?/?",
        13: "# ??/??",
        14: _SYSTEM_DATE,
        15: "d-mmm-yy",
        16: "d-mmm",
        17: "mmm-yy",
        18: "h:mm AM/PM",
        19: "h:mm:ss AM/PM",
        20: "h:mm",
        21: "h:mm:ss",
        22: _SYSTEM_MOMENT,
        **dict.fromkeys(range(27, 32), _SYSTEM_DATE),
        **dict.fromkeys((32, 33, 34, 35), "[$-F400]h:mm:ss"),
        36: _SYSTEM_DATE,
        37: "#,##0_);(#,##0)",
        38: "#,##0_);(#,##0)",
        39: "#,##0.00_);(#,##0.00)",
        40: "#,##0.00_);(#,##0.00)",
        41: _ACCOUNTS,
        42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
        43: _ACCOUNTS_2,
        44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
        45: "mm:ss",
        46: "[h]:mm:ss",
        47: "mm:ss.0",
        48: "##0.0E+0",
        49: "@",
        **dict.fromkeys(range(50, 59), _SYSTEM_DATE),
        59: "0",
        60: "0.00",
        61: "#,##0",
        62: "#,##0.00",
        67: "0%",
        68: "0.00%",
        69: "# ?/?",
        70: "# ??/??",
        **dict.fromkeys((71, 72, 73, 74), _SYSTEM_DATE),
        75: "h:mm",
        76: "h:mm:ss",
        77: _SYSTEM_MOMENT,
        78: "mm:ss",
        79: "[h]:mm:ss",
        80: "mm:ss.0",
        81: _SYSTEM_DATE,
    }
)
"""Those from 27 to 36 and 50 to 58 are dates of Japanese, Chinese and Korean programs, 59 to 81 are Thai ones."""
