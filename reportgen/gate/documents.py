"""The gate's record in the three forms that CI reads: JUnit XML, JSON, and Markdown for the page of a pull request."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from reportgen.evidence.run_folder import write_bytes, write_json
from reportgen.gate.verdict import GateCheck, GateRecord, GateResult, Group

JSON, JUNIT, MARKDOWN = "gate.json", "gate-junit.xml", "gate.md"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_WORDS = {GateResult.PASS: "✅ pass", GateResult.FAIL: "❌ FAIL", GateResult.INCONCLUSIVE: "⚠️ inconclusive"}


def write_documents(record: GateRecord, folder: Path) -> tuple[Path, Path, Path]:
    """Write the three files and return their places."""
    paths = (folder / JSON, folder / JUNIT, folder / MARKDOWN)
    write_json(paths[0], record)
    write_bytes(paths[1], junit(record))
    write_bytes(paths[2], markdown(record).encode("utf-8", "replace"))
    return paths


def junit(record: GateRecord) -> bytes:
    """Return JUnit XML: a failed check is a failure, one that could not be shown an error, and neither is green."""
    top = ET.Element("testsuites", {"name": "reportgen gate"} | _counts(record.checks))
    for group in Group:
        checks = [c for c in record.checks if c.group is group]
        if not checks:
            continue
        suite = ET.SubElement(top, "testsuite", {"name": group.value, "timestamp": record.at.rstrip("Z")} | _counts(checks))
        for check in checks:
            case = ET.SubElement(
                suite,
                "testcase",
                {"classname": f"reportgen.gate.{group.name.lower()}", "name": _clean(check.name), "time": "0"},
            )
            _outcome(case, check)
    ET.indent(top)
    return bytes(ET.tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"


def _counts(checks: tuple[GateCheck, ...] | list[GateCheck]) -> dict[str, str]:
    return {
        "tests": str(len(checks)),
        "failures": str(sum(c.result is GateResult.FAIL for c in checks)),
        "errors": str(sum(c.result is GateResult.INCONCLUSIVE for c in checks)),
        "skipped": "0",
        "time": "0",
    }


def _outcome(case: ET.Element, check: GateCheck) -> None:
    text = _clean("\n".join((check.sentence, *check.detail)))
    match check.result:
        case GateResult.PASS:
            ET.SubElement(case, "system-out").text = text
        case GateResult.FAIL:
            ET.SubElement(case, "failure", {"message": _clean(check.sentence), "type": "FAIL"}).text = text
        case GateResult.INCONCLUSIVE:
            ET.SubElement(case, "error", {"message": _clean(check.sentence), "type": "INCONCLUSIVE"}).text = text


def markdown(record: GateRecord) -> str:
    """Return the summary for GitHub and GitLab; text of workbook and models cannot become markup."""
    base = record.baseline
    subject = (
        f"**{_plain(record.candidate)}** (run `{record.run_id}`) against the baseline **{_plain(record.held_against)}** "
        f"(run `{base.run_id}`, accepted by {_plain(base.by)} at {base.at})."
    )
    lines = [
        f"## Gate: {_WORDS[record.result]}",
        "",
        subject,
        "",
        "| | check | result | what was found |",
        "|---|---|---|---|",
    ]
    for check in record.checks:
        told = " ".join((check.sentence, *check.detail[:5]))
        lines.append(f"| {check.group.value} | {_plain(check.name)} | {_WORDS[check.result]} | {_plain(told)} |")
    lines += ["", f"Evidence `{record.evidence_sha256[:16]}…`; the baseline moves by `reportgen accept` alone."]
    return "\n".join(lines) + "\n"


def _clean(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("@", "@\N{ZERO WIDTH SPACE}")
