"""The words beside a number that are known without asking the language tables: scales, percent, units, currencies."""

from __future__ import annotations

from decimal import Decimal

_SCALE_WORDS = {
    "1e2": "hundred",
    "12": "dozen dozens dz",
    "1e3": (
        "k thousand thousands tsd tsd. tausend mille mila tys tys. tysiąc tysiące tysięcy тыс тыс. тысяча тысячи тысяч "
        "тис tis. tisíc duizend tusen tusind tuhat tuhatta ezer bin rb ribu nghìn พัน 千 천 हज़ार हजार ألف"
    ),
    "1e4": "万 萬 만 หมื่น",
    "1e5": "lakh lakhs lac lacs लाख แสน",
    "1e6": (
        "million millions millionen mn mio mio. mill mill. millón millones milhão milhões milione milioni miljoen miljoner "
        "millioner miljoonaa milyon milion miliony milionów млн млн. миллион миллиона миллионов мільйон мільйонів jt juta "
        "triệu ล้าน 百万 백만 مليون"
    ),
    "1e7": "crore crores करोड़ 천만 千万",
    "1e8": "億 亿 억",
    "1e9": (
        "b bn milliard milliards milliarde milliarden mrd mrd. mia mia. mld mld. miliard miliardy miliardów miljard "
        "miljarder milliarder milyar млрд млрд. миллиард миллиарда миллиардов мільярд мільярдів miliar tỷ مليار 십억"
    ),
    "1e12": "tn billionen biliony bilionů трлн трлн. triliun 兆 조",
}
SCALES: dict[str, Decimal] = {word: Decimal(size) for size, words in _SCALE_WORDS.items() for word in words.split()}
"""Words that mean one size in every language that has them."""

DOUBTFUL: dict[str, tuple[Decimal, str]] = {"m": (Decimal(1_000_000), ""), "mm": (Decimal(1_000_000), "millimetre")}
"""What is a scale in an amount of money and a unit elsewhere; 5 m without a currency stay open, five million or metres."""

LONG_OR_SHORT: dict[str, Decimal] = {
    **dict.fromkeys(["billion", "billions"], Decimal(1_000_000_000)),
    **dict.fromkeys(["trillion", "trillions"], Decimal(1_000_000_000_000)),
}
"""English words that are a thousand times larger in languages that write a decimal comma."""

CHAINED = {"千": 1_000, "万": 10_000, "萬": 10_000, "億": 10**8, "亿": 10**8, "兆": 10**12, "천": 1_000, "만": 10_000} | {
    "억": 10**8,
    "조": 10**12,
}
"""East Asian scales that follow one another in one number: 1億2000万."""

PERCENT: dict[str, Decimal] = {
    **dict.fromkeys(["%", "percent", "per cent", "pct", "prozent", "pour cent", "por ciento", "por cento"], Decimal(100)),
    **dict.fromkeys(["per cento", "procent", "prosent", "proc", "процент", "процента", "процентов", "百分之"], Decimal(100)),
    **dict.fromkeys(["‰", "per mille", "promille"], Decimal(1_000)),
    **dict.fromkeys(["bp", "bps", "basis points", "basispunkte"], Decimal(10_000)),
}

_DOLLARS = """
USD CAD AUD NZD SGD HKD MXN TWD ARS CLP COP UYU DOP BBD BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD BND BMD
"""
DOLLARS = frozenset(_DOLLARS.split())
_SIGNS = {
    "EUR": "€ euro euros eurot evro евро 欧元 歐元 ユーロ 유로",
    "USD": "us$ usd$ $us u$s 美元 美金 ドル 米ドル 달러",
    "GBP": "£ sterling quid 英镑 英鎊",
    "CHF": "fr. sfr sfr. franken",
    "CAD": "c$ ca$ can$",
    "AUD": "a$ au$",
    "NZD": "nz$",
    "HKD": "hk$ 港元 港币 港幣",
    "SGD": "s$ sg$",
    "TWD": "nt$ 新台币 新臺幣",
    "MXN": "mx$ mex$",
    "BRL": "r$ reais",
    "JPY": "円 yen 日元 日圆 日円",
    "CNY": "cn¥ rmb yuan 人民币 人民幣",
    "KRW": "₩ 원",
    "INR": "₹",
    "RUB": "₽ руб руб. рубль рубля рублей",
    "UAH": "₴ грн грн.",
    "PLN": "zł zloty zlotys złoty złote złotych",
    "CZK": "kč korun",
    "HUF": "ft forint",
    "TRY": "₺ tl",
    "ILS": "₪",
    "THB": "฿ บาท baht",
    "VND": "₫ đồng",
    "PHP": "₱",
    "IDR": "rp rp. rupiah",
    "MYR": "rm",
    "NGN": "₦",
    "ZAR": "r",
    "RON": "lei",
    "BGN": "лв лв.",
    "AED": "د.إ",
    "SAR": "ر.س ﷼",
}
_SHARED_SIGNS = {
    "$ dollar dollars": DOLLARS,
    "¥ ￥": frozenset({"JPY", "CNY"}),
    "元 圓 圆": frozenset({"CNY", "TWD", "HKD"}),
    "rs rs. rupee rupees": frozenset({"INR", "PKR", "LKR", "NPR", "MUR"}),
    "kr kr. kronor kroner krone krona": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "fr franc francs": frozenset({"CHF", "XOF", "XAF"}),
    "pound pounds": frozenset({"GBP", "EGP", "LBP", "SYP"}),
    "peso pesos": frozenset({"MXN", "ARS", "CLP", "COP", "PHP", "DOP", "UYU"}),
}
_LOWER = "usd eur gbp chf jpy cny inr aud cad nzd hkd sgd sek nok dkk pln czk huf rub brl zar krw thb"
LOWER_CODES = frozenset(_LOWER.split())
"""Codes that are read in small letters too; others are English words (all, pen, top, try) more often than money."""

CURRENCIES: dict[str, frozenset[str]] = {
    **{word: frozenset({code}) for code, words in _SIGNS.items() for word in words.split()},
    **{word: codes for words, codes in _SHARED_SIGNS.items() for word in words.split()},
}
"""Signs and words, folded, with the currencies that they may mean; codes are asked of the language tables."""

SCALED_CURRENCIES: dict[str, tuple[Decimal, str]] = {
    f"{scale}{gap}{sign}": (Decimal(size), "EUR")
    for scale, size in (("t", 1_000), ("k", 1_000), ("m", 1_000_000), ("mio", 1_000_000), ("mio.", 1_000_000))
    for sign in ("€", "eur")
    for gap in ("", " ")
    if scale != "t" or not gap
}
"""Office shorthand: T€ and TEUR are thousands of euros."""

_UNIT_WORDS = (
    "second s sec secs seconds",
    "minute min mins minutes",
    "hour h hr hrs hours std",
    "day d days dni",
    "week wk wks weeks",
    "month mo mos months",
    "year y yr yrs years",
    "gram g grams gramme grammes",
    "kilogram kg kgs kilo kilos kilograms",
    "milligram mg milligrams",
    "microgram µg μg mcg micrograms",
    "tonne t tonnes",
    "pound-mass lb lbs",
    "ounce oz ounces",
    "millimetre millimetres millimeter millimeters",
    "centimetre cm centimetres centimeter centimeters",
    "metre metres meter meters",
    "kilometre km kms kilometres kilometer kilometers",
    "mile mi miles",
    "foot ft feet",
    "inch in inches",
    "litre l litres liter liters ltr",
    "millilitre ml millilitres milliliter milliliters",
    "square-metre m2 m^2 sqm qm square.metres square.meters square.metre square.meter quadratmeter",
    "square-kilometre km2 km^2 square.kilometres square.kilometers",
    "square-centimetre cm2 cm^2",
    "square-foot sq.ft sqft ft2 square.feet",
    "cubic-metre m3 m^3 cbm cubic.metres cubic.meters",
    "cubic-centimetre cm3 cm^3 ccm",
    "hectare ha hectares",
    "kilowatt kw kilowatts",
    "kilowatt-hour kwh kilowatt.hours",
    "degree-celsius °c celsius degrees.celsius degree.celsius deg.c grad.celsius",
    "degree-fahrenheit °f fahrenheit degrees.fahrenheit degree.fahrenheit",
    "degree ° deg degrees",
    "kilometre-per-hour km/h kph kmh",
    "piece pc pcs pieces stk stk. stück",
    "co2-tonne t.co2 tco2 tonnes.co2 tonnes.of.co2",
    "co2e-tonne t.co2e tco2e t.co2eq",
    "co2-kilogram kg.co2",
    "co2e-kilogram kg.co2e",
    "co2-gram g.co2",
    "milligram-per-litre mg/l",
    "gigabyte gb",
    "megabyte mb",
    "kilobyte kb",
    "terabyte tb",
    "kilohertz khz",
    "gigahertz ghz",
    "percentage-point pp percentage.points percentage.point prozentpunkte",
)
UNITS: dict[str, str] = {
    spelling.replace(".", " ") if not spelling.endswith(".") else spelling: names.split()[0]
    for names in _UNIT_WORDS
    for spelling in names.split()
}
"""One name for each unit that is also written shorter; nothing is converted, 60 minutes are not 1 hour."""

CASED_UNITS: dict[str, str] = {
    "mW": "milliwatt",
    "MW": "megawatt",
    "mWh": "milliwatt-hour",
    "MWh": "megawatt-hour",
    "mV": "millivolt",
    "MV": "megavolt",
    "mA": "milliampere",
    "MA": "megaampere",
    "mHz": "millihertz",
    "MHz": "megahertz",
    "mPa": "millipascal",
    "MPa": "megapascal",
    "mJ": "millijoule",
    "MJ": "megajoule",
    "Mb": "megabit",
    "MB": "megabyte",
    "Gb": "gigabit",
    "GB": "gigabyte",
    "kb": "kilobit",
    "kB": "kilobyte",
    "KB": "kilobyte",
    "Tb": "terabit",
    "TB": "terabyte",
}
"""Units of which the case of a letter makes another one."""
