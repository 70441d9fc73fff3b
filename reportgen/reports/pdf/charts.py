"""Draws the six charts as small vector pictures, by hand: text stays text, nothing depends on colour alone.

Each function takes the record that the view worded and returns an SVG element. Names come from workbooks, so every text is
escaped here, and characters that the fonts lack are shown as code points by the caller's `printable`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from reportgen.reports.view.chart_records import (
    CostStack,
    Distribution,
    DotPlot,
    LatencyChart,
    Scatter,
    ScatterPoint,
    Tick,
    TornadoChart,
    TrendChart,
)
from reportgen.reports.view.marks import Tone

Printable = Callable[[str], str]

WIDTH = 500.0
INK, MUTED, RULE, FAINT = "#1b2430", "#5b6673", "#c9d0d8", "#e4e8ec"
ACCENT = "#0b3c5d"
TONES = {Tone.GOOD: "#1d6b50", Tone.CAUTION: "#b07a1a", Tone.BAD: "#9b2226", Tone.NEUTRAL: "#5b6673"}
STACK = ("#0b3c5d", "#7fb2cf", "#3d6f8f", "#d9c28a", "#8a6d2f", "#c9d0d8", "#77828e", "#efe6cf")
"""Neighbours differ in lightness, so the pieces part on a grey printer too."""
CURVES = (
    ("#0b3c5d", ""),
    ("#b07a1a", "6 2"),
    ("#5b6673", "1.5 2"),
    ("#1d6b50", "8 2 1.5 2"),
    ("#9b2226", "3 2"),
    ("#7fb2cf", "10 3"),
)
"""Colour and dashes: either alone tells the lines apart."""
_KEY = 40.0
"""Room for a line's sample before its name and for the gap behind it."""
_SMALL, _TEXT = 7.0, 8.0
_LETTER = 0.56
"""Mean width of a letter of Noto Sans over its size, for placing labels."""


@dataclass(slots=True)
class _Canvas:
    """Collects elements; private to this module and thrown away with the picture."""

    height: float
    title: str
    printable: Printable
    parts: list[Markup] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = _TEXT,
        fill: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        weight = Markup(' font-weight="700"') if bold else Markup("")
        self.parts.append(
            Markup('<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}"{}>{}</text>').format(
                _n(x), _n(y), _n(size), fill, anchor, weight, escape(self.printable(text))
            )
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = RULE, width: float = 0.7, dash: str = ""
    ) -> None:
        dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
        self.parts.append(
            Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>').format(
                _n(x1), _n(y1), _n(x2), _n(y2), stroke, _n(width), dashed
            )
        )

    def path(self, points: Sequence[tuple[float, float]], *, stroke: str, width: float, dash: str = "") -> None:
        dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
        places = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self.parts.append(
            Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="{}"{}/>').format(
                places, stroke, _n(width), dashed
            )
        )

    def dot(self, x: float, y: float, radius: float, fill: str, stroke: str = "#ffffff") -> None:
        self.parts.append(
            Markup('<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="1"/>').format(
                _n(x), _n(y), _n(radius), fill, stroke
            )
        )

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        self.parts.append(
            Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
                _n(x), _n(y), _n(width), _n(height), fill
            )
        )

    def picture(self) -> Markup:
        head = Markup('<svg viewBox="0 0 {} {}" width="{}" height="{}" font-family="Noto Sans, Noto Sans Mono">').format(
            _n(WIDTH), _n(self.height), f"{_n(WIDTH)}pt", f"{_n(self.height)}pt"
        )
        title = Markup("<title>{}</title>").format(self.printable(self.title))
        return head + title + Markup("").join(self.parts) + Markup("</svg>")


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _width(text: str, size: float) -> float:
    return len(text) * size * _LETTER


def _fit(text: str, room: float, size: float) -> str:
    """Cut a name in its middle to the room left of its row: long names often differ at their ends."""
    letters = max(8, int(room / (size * 0.58)))
    if len(text) <= letters:
        return text
    tail = letters // 3
    return text[: letters - tail - 1].rstrip() + "…" + text[-tail:].lstrip()


def _scale(ticks: Sequence[Tick], start: float, end: float) -> Callable[[float], float]:
    low, high = ticks[0].position, ticks[-1].position
    span = (high - low) or 1.0
    return lambda value: start + (min(max(value, low), high) - low) / span * (end - start)


def scatter(chart: Scatter, printable: Printable) -> Markup:
    """Draw cost against quality: intervals as whiskers, the service level as a dashed line, names beside the dots."""
    height, left, right, top, bottom = 194.0, 46.0, WIDTH - 16, 18.0, 160.0
    canvas = _Canvas(height, chart.description, printable)
    x, y = _scale(chart.cost_ticks, left, right), _scale(chart.quality_ticks, bottom, top)
    for tick in chart.quality_ticks:
        canvas.line(left, y(tick.position), right, y(tick.position), stroke=FAINT)
        canvas.text(left - 5, y(tick.position) + 2.5, tick.text, size=_SMALL, fill=MUTED, anchor="end")
    canvas.line(left, bottom, right, bottom, stroke=RULE)
    for tick in chart.cost_ticks:
        canvas.line(x(tick.position), bottom, x(tick.position), bottom + 3)
        canvas.text(x(tick.position), bottom + 12, tick.text, size=_SMALL, fill=MUTED, anchor="middle")
    canvas.text(left - 40, 8, chart.quality_axis, size=_SMALL, fill=MUTED, bold=True)
    canvas.text(right, height - 6, f"{chart.cost_axis} (left is cheaper)", size=_SMALL, fill=MUTED, anchor="end", bold=True)
    if chart.level is not None:
        at = y(chart.level.position)
        canvas.line(left, at, right, at, stroke=ACCENT, width=1.0, dash="4 2.5")
        wide = _width(chart.level.text, _SMALL)
        canvas.box(right - wide - 2, at - 10, wide + 2, 8.6, "#ffffff")
        canvas.text(right, at - 3, chart.level.text, size=_SMALL, fill=ACCENT, anchor="end")
    for point in chart.points:
        _whisker(canvas, point, x, y)
    _name_points(canvas, chart, x, y, (left, right, top, bottom))
    return canvas.picture()


def _whisker(canvas: _Canvas, point: ScatterPoint, x: Callable[[float], float], y: Callable[[float], float]) -> None:
    colour = TONES[point.verdict.tone]
    if point.low is not None and point.high is not None:
        canvas.line(x(point.cost), y(point.low), x(point.cost), y(point.high), stroke=colour, width=1.2)
        for end in (point.low, point.high):
            canvas.line(x(point.cost) - 2.5, y(end), x(point.cost) + 2.5, y(end), stroke=colour, width=1.2)
    canvas.dot(x(point.cost), y(point.quality), 4.2 if point.chosen else 3.2, colour)
    if point.chosen:
        canvas.parts.append(
            Markup('<circle cx="{}" cy="{}" r="6.4" fill="none" stroke="{}" stroke-width="1"/>').format(
                _n(x(point.cost)), _n(y(point.quality)), colour
            )
        )


def _name_points(
    canvas: _Canvas,
    chart: Scatter,
    x: Callable[[float], float],
    y: Callable[[float], float],
    frame: tuple[float, float, float, float],
) -> None:
    """Write names beside the dots, right of them or left where the room ends; names that would touch are moved down."""
    left, right, top, bottom = frame
    points = chart.points
    taken: list[tuple[float, float, float, float]] = [
        (x(p.cost) - 4, y(p.quality) - 4, x(p.cost) + 4, y(p.quality) + 4) for p in points
    ]
    if chart.level is not None:
        at = y(chart.level.position)
        taken.append((right - _width(chart.level.text, _SMALL), at - 10, right, at))
    for point in sorted(points, key=lambda p: (not p.chosen, y(p.quality), x(p.cost))):
        words = f"{point.name} {point.verdict.sign}"
        wide, cx, cy = _width(words, _TEXT), x(point.cost), y(point.quality)
        places = [(side, cy + shift) for shift in (0, 10, -10, 20, -20, 30, -30, 40, -40) for side in ("start", "end")]
        for side, at in places:
            start = cx + 9 if side == "start" else cx - 9 - wide
            spot = (start, at - 5, start + wide, at + 4)
            inside = start >= left and start + wide <= right and top - 8 <= at <= bottom - 2
            if inside and not any(_touch(spot, other) for other in taken):
                break
        else:
            side, at, spot = "start", cy, (cx + 9, cy, cx + 9, cy)
        taken.append(spot)
        edge = cx + 9 if side == "start" else cx - 9
        if abs(at - cy) > 1:
            canvas.line(cx, cy, edge - 1 if side == "start" else edge + 1, at, stroke=MUTED, width=0.4)
        canvas.box(spot[0] - 1, at - 5, wide + 2, 9.4, "#ffffff")
        canvas.text(edge, at + 2.8, words, anchor=side, bold=point.chosen)


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def cost_stack(chart: CostStack, printable: Printable) -> Markup:
    """Draw one stacked bar a candidate, pieces in the order of the legend, the sum written at its end."""
    left, right = 146.0, WIDTH - 48
    rows, start = _legend(chart.legend)
    canvas = _Canvas(start + 20.0 * len(chart.bars) + 2, chart.description, printable)
    for x, y, index in rows:
        canvas.box(x, y - 6, 7, 7, STACK[index % len(STACK)])
        canvas.text(x + 10, y, chart.legend[index], size=_SMALL, fill=MUTED)
    longest = max(sum(s.amount for s in bar.segments) for bar in chart.bars) or 1.0
    for i, bar in enumerate(chart.bars):
        y, x = start + 20.0 * i, left
        canvas.text(left - 6, y + 10, _fit(bar.name, left - 6, _TEXT), anchor="end", bold=bar.chosen)
        for piece in bar.segments:
            wide = piece.amount / longest * (right - left)
            canvas.box(x, y, max(wide - 0.6, 0.2), 14, STACK[piece.line % len(STACK)])
            if _width(piece.text, 6.5) + 4 < wide:
                dark = piece.line % len(STACK) in {0, 2, 4, 6}
                canvas.text(x + wide / 2, y + 9.6, piece.text, size=6.5, fill="#ffffff" if dark else INK, anchor="middle")
            x += wide
        canvas.text(x + 5, y + 10, bar.text, bold=True)
    return canvas.picture()


def _legend(names: Sequence[str], mark: float = 22.0) -> tuple[list[tuple[float, float, int]], float]:
    """Return where each legend entry stands, and the height at which the bars begin."""
    x, y, placed = 0.0, 8.0, []
    for index, name in enumerate(names):
        wide = _width(name, _SMALL) + mark
        if x + wide > WIDTH:
            x, y = 0.0, y + 12
        placed.append((x, y, index))
        x += wide
    return placed, y + 10


def dots(chart: DotPlot, printable: Printable) -> Markup:
    """Draw one dot a label or field with its interval, lowest first; more than 24 stand in two columns."""
    columns = 2 if len(chart.points) > 24 else 1  # noqa: PLR2004 - what one column holds
    per_column = -(-len(chart.points) // columns)
    row = 11.5 if columns == 2 else 14.0  # noqa: PLR2004 - as above
    canvas = _Canvas(14 + row * per_column + 4, chart.description, printable)
    width = (WIDTH - 14 * (columns - 1)) / columns
    for column in range(columns):
        points = chart.points[column * per_column : (column + 1) * per_column]
        left = column * (width + 14) + (126.0 if columns == 1 else 104.0)
        room = left - 6 - column * (width + 14)
        right = (column + 1) * width + column * 14 - (96.0 if columns == 1 else 36.0)
        at = _scale((Tick(chart.start, ""), Tick(chart.end, "")), left, right)
        for tick in chart.ticks[:: 2 if columns == 2 and len(chart.ticks) > 4 else 1]:  # noqa: PLR2004 - room for texts
            canvas.line(at(tick.position), 11, at(tick.position), 14 + row * len(points), stroke=FAINT)
            canvas.text(at(tick.position), 7, tick.text, size=6.2, fill=MUTED, anchor="middle")
        for i, point in enumerate(points):
            y = 14 + row * (i + 0.5)
            canvas.text(left - 6, y + 2.5, _fit(point.name, room, _SMALL), size=_SMALL, anchor="end")
            if point.low is not None and point.high is not None:
                canvas.line(at(point.low), y, at(point.high), y, stroke=ACCENT, width=1.0)
            canvas.dot(at(point.value), y, 2.7, ACCENT if point.low is not None else MUTED)
            text = point.text if columns == 2 else f"{point.text}, {point.note}"  # noqa: PLR2004 - as above
            canvas.text(right + 8, y + 2.5, text, size=_SMALL, fill=MUTED)
    return canvas.picture()


def latency(chart: LatencyChart, printable: Printable) -> Markup:
    """Draw p50, p95 and p99 of each candidate on one line from zero, with the service level drawn in."""
    left, right, row = 146.0, WIDTH - 14, 19.0
    bottom = 26 + row * len(chart.rows)
    canvas = _Canvas(bottom + 18, chart.description, printable)
    at = _scale((Tick(0.0, ""), Tick(chart.end, "")), left, right)
    for tick in chart.ticks:
        canvas.line(at(tick.position), 20, at(tick.position), bottom, stroke=FAINT)
        canvas.text(at(tick.position), bottom + 10, tick.text, size=_SMALL, fill=MUTED, anchor="middle")
    _latency_key(canvas)
    if chart.far_level:
        canvas.text(right, 9, f"{chart.far_level} →", size=_SMALL, fill=ACCENT, anchor="end")
    if chart.level is not None:
        x = at(chart.level.position)
        canvas.line(x, 18, x, bottom, stroke=ACCENT, width=1.0, dash="4 2.5")
        anchor = "end" if x > (left + right) / 2 else "start"
        canvas.text(x + (-3 if anchor == "end" else 3), 15, chart.level.text, size=_SMALL, fill=ACCENT, anchor=anchor)
    for i, item in enumerate(chart.rows):
        y = 22 + row * (i + 0.5)
        canvas.text(left - 6, y + 2.8, _fit(item.name, left - 6, _TEXT), anchor="end", bold=item.chosen)
        known = [v for v in (item.p50, item.p95, item.p99) if v is not None]
        canvas.line(at(min(known)), y, at(max(known)), y, stroke=RULE, width=2.4)
        if item.p99 is not None:
            canvas.line(at(item.p99), y - 4, at(item.p99), y + 4, stroke=MUTED, width=1.6)
        if item.p50 is not None:
            canvas.dot(at(item.p50), y, 3.2, "#ffffff", stroke=ACCENT)
        if item.p95 is not None:
            canvas.dot(at(item.p95), y, 3.4, ACCENT)
        else:
            words, room = "p95 not reached: too many requests failed", right - at(max(known))
            side = "start" if room > _width(words, _SMALL) else "end"
            x = at(max(known)) + 7 if side == "start" else at(min(known)) - 7
            canvas.text(x, y + 2.6, words, size=_SMALL, fill=TONES[Tone.BAD], anchor=side)
    return canvas.picture()


def _latency_key(canvas: _Canvas) -> None:
    canvas.dot(4, 6, 3.2, "#ffffff", stroke=ACCENT)
    canvas.text(10, 8.6, "p50", size=_SMALL, fill=MUTED)
    canvas.dot(34, 6, 3.4, ACCENT)
    canvas.text(40, 8.6, "p95", size=_SMALL, fill=MUTED)
    canvas.line(65, 2, 65, 10, stroke=MUTED, width=1.6)
    canvas.text(69, 8.6, "p99", size=_SMALL, fill=MUTED)


def distribution(chart: Distribution, printable: Printable) -> Markup:
    """Draw the share of tasks answered over time, one line a candidate told apart by colour, dashes and its key."""
    rows, start = _legend([c.name for c in chart.curves], _KEY)
    left, right, top = 46.0, WIDTH - 16, start + 12
    bottom = top + 96.0
    canvas = _Canvas(bottom + 18, chart.description, printable)
    x = _scale((Tick(0.0, ""), Tick(chart.end, "")), left, right)
    y = _scale((Tick(0.0, ""), Tick(1.0, "")), bottom, top)
    for tick in chart.share_ticks:
        canvas.line(left, y(tick.position), right, y(tick.position), stroke=FAINT)
        canvas.text(left - 5, y(tick.position) + 2.5, tick.text, size=_SMALL, fill=MUTED, anchor="end")
    for tick in chart.ticks:
        canvas.line(x(tick.position), bottom, x(tick.position), bottom + 3)
        canvas.text(x(tick.position), bottom + 12, tick.text, size=_SMALL, fill=MUTED, anchor="middle")
    canvas.line(left, bottom, right, bottom, stroke=RULE)
    if chart.level is not None:
        at = x(chart.level.position)
        canvas.line(at, top, at, bottom, stroke=ACCENT, width=1.0, dash="4 2.5")
        anchor = "end" if at > (left + right) / 2 else "start"
        canvas.text(at + (-3 if anchor == "end" else 3), top - 4, chart.level.text, size=_SMALL, fill=ACCENT, anchor=anchor)
    if chart.needed is not None:
        canvas.line(left, y(chart.needed), right, y(chart.needed), stroke=ACCENT, width=0.7, dash="1 2")
    for index, curve in enumerate(chart.curves):
        colour, dash = CURVES[index % len(CURVES)]
        canvas.path([(x(a), y(b)) for a, b in curve.points], stroke=colour, dash=dash, width=2.0 if curve.chosen else 1.3)
    for at, row, index in rows:
        colour, dash = CURVES[index % len(CURVES)]
        canvas.path([(at, row - 2.5), (at + _KEY - 12, row - 2.5)], stroke=colour, dash=dash, width=1.6)
        canvas.text(at + _KEY - 8, row, chart.curves[index].name, size=_SMALL, bold=chart.curves[index].chosen)
    return canvas.picture()


def tornado(chart: TornadoChart, printable: Printable) -> Markup:
    """Draw one bar an assumption, widest first, around the difference now; those that cross zero are amber and bold."""
    left, right, row, top = 150.0, WIDTH - 126, 13.0, 26.0
    bottom = top + row * len(chart.bars)
    canvas = _Canvas(bottom + 16, chart.description, printable)
    x = _scale(chart.ticks, left, right)
    for tick in chart.ticks:
        canvas.line(x(tick.position), top, x(tick.position), bottom, stroke=FAINT)
        canvas.text(x(tick.position), bottom + 10, tick.text, size=_SMALL, fill=MUTED, anchor="middle")
    for i, bar in enumerate(chart.bars):
        y = top + row * i
        ends = sorted((x(bar.at_low), x(bar.at_high)))
        canvas.box(ends[0], y + 3, max(ends[1] - ends[0], 0.6), row - 6, TONES[Tone.CAUTION] if bar.turns else STACK[1])
        canvas.text(left - 6, y + row / 2 + 2.5, _fit(bar.name, left - 6, _SMALL), size=_SMALL, anchor="end", bold=bar.turns)
        canvas.text(right + 8, y + row / 2 + 2.5, bar.text, size=_SMALL, fill=MUTED)
    zero, now = x(0.0), x(chart.now.position)
    canvas.line(zero, top - 4, zero, bottom, stroke=INK, width=1.0)
    canvas.line(now, top - 4, now, bottom, stroke=ACCENT, width=1.0, dash="4 2.5")
    canvas.text(left, 8, chart.left, size=_SMALL, fill=MUTED, bold=True)
    canvas.text(WIDTH - 14, 8, chart.right, size=_SMALL, fill=MUTED, anchor="end", bold=True)
    canvas.text(
        now - 3 if now <= zero else now + 3,
        top - 6,
        chart.now.text,
        size=_SMALL,
        fill=ACCENT,
        anchor="end" if now <= zero else "start",
    )
    return canvas.picture()


def trend(chart: TrendChart, printable: Printable) -> Markup:
    """Draw the control chart: one point a run, the lower limits at three (solid) and two sigma (dotted), alarms ringed."""
    left, right, top, bottom = 46.0, WIDTH - 16, 22.0, 152.0
    canvas = _Canvas(bottom + 20, chart.description, printable)
    count = len(chart.points)
    places = [left + 14 + (right - left - 28) * (i / (count - 1) if count > 1 else 0.5) for i in range(count)]
    y = _scale(chart.ticks, bottom, top)
    for tick in chart.ticks:
        canvas.line(left, y(tick.position), right, y(tick.position), stroke=FAINT)
        canvas.text(left - 5, y(tick.position) + 2.5, tick.text, size=_SMALL, fill=MUTED, anchor="end")
    every = max(1, -(-count // 9))
    for index, (x, point) in enumerate(zip(places, chart.points, strict=True)):
        if (count - 1 - index) % every == 0:
            canvas.text(x, bottom + 12, point.text, size=_SMALL, fill=MUTED, anchor="middle")
    limits = [(x, y(p.limit)) for x, p in zip(places, chart.points, strict=True) if p.limit is not None]
    warnings = [(x, y(p.warning)) for x, p in zip(places, chart.points, strict=True) if p.warning is not None]
    canvas.path(limits, stroke=TONES[Tone.BAD], width=1.2)
    canvas.path(warnings, stroke=TONES[Tone.CAUTION], width=1.0, dash="1.5 2")
    shares = [(x, y(p.share), p.alarm) for x, p in zip(places, chart.points, strict=True) if p.share is not None]
    canvas.path([(x, at) for x, at, _ in shares], stroke=ACCENT, width=1.6)
    for x, at, alarm in shares:
        canvas.dot(x, at, 4.6 if alarm else 3.0, TONES[Tone.BAD] if alarm else ACCENT)
    words = (
        ("share right", ACCENT, ""),
        ("limit, 3 sigma", TONES[Tone.BAD], ""),
        ("limit, 2 sigma", TONES[Tone.CAUTION], "1.5 2"),
    )
    for index, (word, colour, dash) in enumerate(words):
        canvas.line(left + 110 * index, 8, left + 110 * index + 24, 8, stroke=colour, width=1.6, dash=dash)
        canvas.text(left + 110 * index + 28, 10.6, word, size=_SMALL, fill=MUTED)
    return canvas.picture()
