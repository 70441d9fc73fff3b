"""One figure has one text: in the PDFs, in the words of the workbook, on the console; for every task and at random."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping

import pytest

from reportgen.commands.common import readiness_in_words
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Task
from reportgen.domain.wording import figures, numbers
from reportgen.domain.wording.numbers import Rounding
from reportgen.reports.material import Material
from reportgen.reports.pdf.documents import page
from reportgen.reports.pdf.house_style import house_style
from reportgen.reports.xlsx.workbook import write
from tests.builders import comparison_for
from tests.reports.figures import Printed, known, printed

openpyxl = pytest.importorskip("openpyxl")
lxml_html = pytest.importorskip("lxml.html")

UNITS = {"share": Unit.SHARE, "seconds": Unit.SECONDS, "money": Unit.MONEY}


def texts(value: float, unit: Unit, currency: str, limits: Collection[float] = ()) -> set[str]:
    """Return every text that a figure may have: as an estimate, as either bound, told apart from a limit, as a limit."""
    ways = {
        figures.amount(abs(value), unit, currency, rounding=way.value, beside=limit)
        for way in Rounding
        for limit in (None, *limits)
    }
    whole = {figures.percent(abs(value))} if unit is Unit.SHARE else set()
    return {t.replace(numbers.NBSP, " ") for t in ways | whole | {figures.limit_words(abs(value), unit, currency)}}


def drawn(draw: random.Random) -> tuple[float, Unit]:
    unit = draw.choice([Unit.SHARE, Unit.SECONDS, Unit.MONEY])
    return (draw.random() if unit is Unit.SHARE else 10 ** draw.uniform(-6, 6)), unit


@pytest.mark.parametrize("many", [500, pytest.param(20_000, marks=pytest.mark.deep)])
def test_documents_and_console_print_a_figure_alike(many: int) -> None:
    draw = random.Random(13)
    for _ in range(many):
        value, unit = drawn(draw)
        by_view = numbers.measure(value, unit, "EUR")
        assert by_view == figures.amount(value, unit, "EUR")
        by_name = {Unit.SHARE: numbers.share, Unit.SECONDS: numbers.seconds}.get(unit)
        assert by_view == (by_name(value) if by_name else numbers.money(value, "EUR"))
        if unit is Unit.MONEY:
            assert by_view == figures.money(value, "EUR")


def words(comparison: Comparison, folder: object) -> Iterator[tuple[str, str]]:
    """Yield what is read of a run, by where it stands."""
    made = Material(comparison)
    for template in ("recommendation.html", "checklist.html"):
        html, _ = page(template, made.view, comparison.run.finished, house_style())
        tree = lxml_html.fromstring(html)
        for drawing in tree.xpath("//svg | //*[local-name()='svg']"):
            drawing.getparent().remove(drawing)  # the round figures of an axis
        yield template, " \n ".join(tree.itertext())
    path = folder / "comparison.xlsx"  # type: ignore[operator]
    write(made, path)
    for sheet in openpyxl.load_workbook(path):
        if sheet.title not in {"Responses", "Unreadable answers", "Line items"}:
            cells = (v for row in sheet.iter_rows(values_only=True) for v in row if isinstance(v, str))
            yield f"sheet {sheet.title}", " \n ".join(cells)
    head = made.view.headline
    yield "console", " \n ".join([head.sentence, *head.why, *readiness_in_words(comparison)])


def alien(figure: Printed, kinds: Mapping[str, list[float]], comparison: Comparison) -> str:
    """Return why a printed figure is none of the texts of the figures that it may stand for; empty where it is one."""
    near = [v for v in kinds[figure.kind] if abs(abs(v) - figure.value) < figure.step * (1 + 1e-9)]
    limits, currency = {s.target for s in comparison.plan.service_levels}, comparison.plan.settings.currency
    allowed = {t for v in near for t in texts(v, UNITS[figure.kind], currency, limits)}
    shown = figure.text.replace(numbers.NBSP, " ").rstrip(",")
    return "" if not near or shown in allowed else f"{shown}, expected one of {sorted(allowed)[:8]}"


@pytest.mark.parametrize("task", list(Task))
def test_every_figure_of_a_run_has_one_text_wherever_it_stands(task: Task, tmp_path: object) -> None:
    comparison = comparison_for(task, examples=60)
    kinds = known(comparison)
    seen, wrong = 0, list[str]()
    for where, text in words(comparison, tmp_path):
        for figure in printed(text):
            if not figure.text.endswith("points"):
                seen += 1
                wrong += [f"{where}: {told}" for told in [alien(figure, kinds, comparison)] if told]
    assert not wrong, "\n".join(sorted(set(wrong))[:20])
    assert seen > 100
