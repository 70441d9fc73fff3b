"""What changes the whole process stands in few places, each with its reason: somebody else's program may import us."""

from __future__ import annotations

import re
from pathlib import Path

CODE = Path(__file__).resolve().parents[1] / "reportgen"
SWITCH = re.compile(
    r"""gc\.(?:disable|freeze|set_threshold) | (?:filterwarnings|simplefilter)\( | \.(?:setLevel|addHandler)\( | basicConfig
    | os\.environ\[[^\]]+\]\ = | os\.environ\.(?:setdefault|update|pop) | os\.(?:umask|chdir)\(
    | setlocale | signal\.signal\( | setrecursionlimit | set_start_method | setrlimit | sys\.excepthook | np\.seterr
    | set_int_max_str_digits | field_size_limit\( | setdefaulttimeout | litellm\.\w+\ =\  | ^\s+global\b
    | ^\w+(?::[^=]+)?\ =\ (?:\[\]|\{\}|set\(\))$""",
    re.MULTILINE | re.VERBOSE,
)
ALLOWED = {
    "candidates/wire/litellm_transport.py": "litellm reads its settings from the environment and from its own module, once",
    "candidates/wire/provider_library.py": "the child that litellm lives in: no key but its candidate's, no warnings",
    "commands/stopping.py": "a command that may be stopped: the handlers are put back when it ends",
    "desk/server.py": "the process of the desk",
    "documents/pdf_process.py": "the child that reads PDFs: its memory is limited",
    "documents/pictures.py": "Pillow's warnings of large pictures, within one call: our own limit has judged the size",
    "evidence/certificates.py": "pyHanko logs what stands in the check already",
    "extensions.py": "what one call of `run` is given, taken back when it ends",
    "reports/pdf/machine_fonts.py": "fontTools logs oddities of the machine's fonts",
    "reports/pdf/process.py": "the child that lays a page out: what the engine warns of is handed to the parent",
    "reports/pdf/renderers.py": "the children that wait to lay a page out, ended with the call that started them",
    "spreadsheets/writer.py": "XlsxWriter tells by a warning that it left a cell out; within one call it is an error",
    "workbook/opening/csv_files.py": "the longest field of a .csv file, put back when it is read",
}


def test_process_wide_switches_stand_where_they_are_known_with_their_reason() -> None:
    found = {
        file.relative_to(CODE).as_posix(): [line.strip() for line in text.splitlines() if SWITCH.search(line)]
        for file in sorted(CODE.rglob("*.py"))
        if SWITCH.search(text := file.read_text(encoding="utf-8"))
    }
    assert set(found) == set(ALLOWED), {name: lines for name, lines in found.items() if name not in ALLOWED}
