"""JSON answers read strictly, as the application would, and leniently, after a repair that is said and checked again.

The schema is ours, made from the fields. What it holds a candidate to, and what it does not:

* The answer is one JSON object without NaN, Infinity or repeated keys. Keys are a field's name or one of its other names
  (case, spaces, underscores and hyphens forgiven). A missing key is an empty answer.
* Keys that name no field are passed over (models like to add `reasoning`), but an object none of whose keys names a field
  is no answer to the question.
* A value stands alone or as `{"value": ..., "quote": ...}`; its JSON type fits the field's type; lists are JSON lists.
* An unlisted choice or an unreadable date is a wrong value, not a fault of form. `"N/A"` is a value: it would land in the
  application's records.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import assert_never, cast

from reportgen.domain.reading.text import key
from reportgen.domain.records.plan import AnswersRead, FieldSpec, FieldType
from reportgen.domain.wording.figures import row_in_words
from reportgen.metrics.answer_text import without_thoughts

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_LONGEST_REPAIR = 200_000
"""Characters of an answer that a repair is tried on; the strict reading has no such limit."""
_MOST_BRACKETS = 2_000
"""Opening brackets up to which a repair is tried: its work grows with their square."""
_FENCE = re.compile(r"```[\w-]*[ \t]*\n?(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer could not be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """The answer for one field: as text, as the JSON number it was, as the items of a list; and the quotes given for it.

    `numbers` stands beside `items`: the JSON number that an item was, None where it was a text.
    """

    text: str = ""
    number: Decimal | None = None
    items: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    numbers: tuple[Decimal | None, ...] = ()
    rows: tuple[Mapping[str, Given], ...] = ()
    """The rows of a records field, part to value."""

    @property
    def empty(self) -> bool:
        """Whether nothing was given: null, blank text, an empty list."""
        return not self.text


NOTHING = Given()


def _no_constant(name: str) -> Json:
    msg = f"{name} is no JSON value"
    raise ValueError(msg)


def _no_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            msg = f'the key "{name[:60]}" occurs twice'
            raise ValueError(msg)
        found[name] = value
    return found


def load_strictly(text: str) -> Json | Fault:
    """Return the JSON value that `text` is, without NaN, Infinity, overflowing numbers and repeated keys; else the fault."""
    try:
        value: Json = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        return Fault(f"not JSON: {error.msg} at character {error.pos + 1}")
    except ValueError as error:
        return Fault(f"not JSON: {error}")
    except RecursionError:
        return Fault("not JSON that can be read: nested too deeply")
    return value if _finite(value) else Fault("not JSON: a number is too large")


def load_repaired(text: str) -> Json | Fault:
    """Return the JSON value in `text` after taking it out of a fence or of the words around it, or after mending it.

    Thoughts in tags before it are passed over.
    """
    text = without_thoughts(text)
    if len(text) > _LONGEST_REPAIR:
        return Fault(f"longer than {_LONGEST_REPAIR:,} characters, no repair was tried")
    for piece in (*_FENCE.findall(text), text[text.find("{") : text.rfind("}") + 1]):
        value = load_strictly(piece)
        if not isinstance(value, Fault):
            return value
    if "{" not in text:
        return Fault("no JSON object in the answer")
    if text.count("{") + text.count("[") > _MOST_BRACKETS:
        return Fault(f"more than {_MOST_BRACKETS:,} brackets, no repair was tried")
    import json_repair  # noqa: PLC0415 - needed for broken answers only

    try:
        mended: Json = cast(Json, json_repair.loads(text[text.find("{") :]))
    except (ValueError, RecursionError):
        return Fault("not JSON, and it could not be repaired")
    return mended if _finite(mended) else Fault("not JSON: a number is NaN or infinite")


def _finite(value: Json) -> bool:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return False
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
    return True


def _bare_schema(kind: FieldType) -> dict[str, Json]:
    """Return the JSON schema of a bare value of a field of this type."""
    match kind:
        case FieldType.NAME | FieldType.DATE:
            return {"type": ["string", "null"]}
        case FieldType.NUMBER | FieldType.MONEY | FieldType.CHOICE:
            return {"type": ["string", "number", "null"]}
        case FieldType.TEXT | FieldType.YES_NO:
            return {"type": ["string", "number", "boolean", "null"]}
        case FieldType.LIST:
            scalar: dict[str, Json] = {"type": ["string", "number", "null"]}
            return {"anyOf": [{"type": "null"}, {"const": ""}, {"type": "array", "items": _with_quote(scalar)}]}
        case FieldType.RECORDS:
            return {"anyOf": [{"type": "null"}, {"const": ""}, {"type": "array", "items": {"type": "object"}}]}
        case _:
            assert_never(kind)


def _with_quote(bare: dict[str, Json]) -> dict[str, Json]:
    """Return the schema of a value that stands alone or as `{"value": ..., "quote": ...}`."""
    quote: dict[str, Json] = {"type": ["string", "array", "null"], "items": {"type": "string"}}
    quoted: dict[str, Json] = {"type": "object", "required": ["value"], "properties": {"value": bare, "quote": quote}}
    return {"if": {"type": "object"}, "then": quoted, "else": bare}


def _field_schema(spec: FieldSpec) -> dict[str, Json]:
    """Return the JSON schema of a bare value of a field; the rows of a records field hold each part to its own type."""
    if spec.type is not FieldType.RECORDS:
        return _bare_schema(spec.type)
    parts: dict[str, Json] = {part.name: _with_quote(_bare_schema(part.type)) for part in spec.parts}
    row: Json = {"type": "object", "properties": parts}
    return {"anyOf": [{"type": "null"}, {"const": ""}, {"type": "array", "items": row}]}


def schema_of(fields: Sequence[FieldSpec]) -> dict[str, Json]:
    """Return the JSON schema (draft 2020-12) that an extraction answer is held to."""
    properties: dict[str, Json] = {f.name: _with_quote(_field_schema(f)) for f in fields}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}


@dataclass(frozen=True)
class AnswerReader:
    """Reads the answers to one plan's fields."""

    fields: tuple[FieldSpec, ...]
    reads: AnswersRead = AnswersRead.STRICTLY
    """How the application reads; `read` does the same."""

    def read(self, text: str) -> Mapping[str, Given] | Fault:
        """Return what the application gets out of an answer: the JSON as it stands, or mended where it mends."""
        found = self.strict(text)
        return self.lenient(text) if isinstance(found, Fault) and self.reads is AnswersRead.REPAIRED else found

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Field by folded name; a field's own name goes before another field's other names."""
        names: dict[str, str] = {}
        for spec in self.fields:
            for other in spec.also_written:
                if "=" not in other:
                    names.setdefault(key(other), spec.name)
        return names | {key(spec.name): spec.name for spec in self.fields} | {spec.name: spec.name for spec in self.fields}

    @cached_property
    def _parts(self) -> Mapping[str, Mapping[str, str]]:
        """For each records field its parts by folded name."""
        return {
            spec.name: {key(o): part.name for part in spec.parts for o in (*part.also_written, part.name) if "=" not in o}
            for spec in self.fields
            if spec.type is FieldType.RECORDS
        }

    @cached_property
    def _valid(self) -> object:
        import jsonschema  # noqa: PLC0415 - 0.1 s that only extraction pays

        return jsonschema.Draft202012Validator(schema_of(self.fields))

    def strict(self, text: str) -> Mapping[str, Given] | Fault:
        """Return what the answer gives for each field, or why the application could not have read it."""
        value = load_strictly(text)
        return value if isinstance(value, Fault) else self._fields_of(value)

    def lenient(self, text: str) -> Mapping[str, Given] | Fault:
        """Return the same after repair: fences, words around the object, broken JSON, a list for a text or the reverse."""
        value = load_repaired(text)
        return value if isinstance(value, Fault) else self._fields_of(value, coerce=True)

    def _fields_of(self, value: Json, *, coerce: bool = False) -> Mapping[str, Given] | Fault:
        if isinstance(value, list) and len(value) == 1 and coerce:
            value = value[0]
        if not isinstance(value, dict):
            return Fault(f"the answer is {_kind(value)}, expected a JSON object")
        answer = self._named(value, coerce=coerce)
        if isinstance(answer, Fault):
            return answer
        if coerce:
            answer = {spec.name: _coerced(answer[spec.name], spec.type) for spec in self.fields if spec.name in answer}
        return self._schema_fault(answer) or {spec.name: _given_for(spec, answer.get(spec.name)) for spec in self.fields}

    def _named(self, value: Mapping[str, Json], *, coerce: bool) -> dict[str, Json] | Fault:
        """Return an answer under the names of its fields and, within rows, of their parts."""
        answer: dict[str, Json] = {}
        for name, content in value.items():
            known = self._names.get(name) or self._names.get(key(name))
            if known is not None and known in answer:
                return Fault(f'the field "{known}" is answered twice')
            if known is not None:
                answer[known] = content
        if value and not answer and self.fields:
            return Fault("the object names none of the fields")
        for name in answer.keys() & self._parts.keys():
            named = _rows_named(answer[name], self._parts[name], coerce=coerce)
            if isinstance(named, Fault):
                return named
            answer[name] = named
        return answer

    def _schema_fault(self, answer: Mapping[str, Json]) -> Fault | None:
        if all(_plainly_valid(content, spec) for spec in self.fields if (content := answer.get(spec.name)) is not None):
            return None
        import jsonschema  # noqa: PLC0415 - see _valid

        validator = self._valid
        assert isinstance(validator, jsonschema.Draft202012Validator)  # noqa: S101 - cached_property hides the type
        error = jsonschema.exceptions.best_match(validator.iter_errors(answer))
        if error is None:
            return None
        place = "".join(f'["{step}"]' if isinstance(step, str) else f"[{step}]" for step in error.absolute_path)
        return Fault(f"{place or 'the object'} is {_kind(error.instance)}, which does not fit the field's type")


def _plainly_valid(value: Json, spec: FieldSpec) -> bool:
    """Whether a value is of the commonest valid forms; the schema is asked about all others, since asking costs 0.3 ms."""
    if isinstance(value, dict) and isinstance(value.get("quote", ""), str) and "value" in value:
        value = value["value"]
    if spec.type is FieldType.LIST:
        return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))
    if spec.type is FieldType.RECORDS:
        figures = {part.name for part in spec.parts if part.type in _FIGURES}
        return value is None or (isinstance(value, list) and all(_plain_row(row, figures) for row in value))
    return value is None or isinstance(value, str)


_FIGURES = frozenset({FieldType.NUMBER, FieldType.MONEY})


def _plain_row(row: Json, figures: Collection[str]) -> bool:
    """Whether a row holds texts alone, and numbers where a figure belongs."""
    return isinstance(row, dict) and all(
        content is None
        or isinstance(content, str)
        or (name in figures and isinstance(content, (int, float)) and not isinstance(content, bool))
        for name, content in row.items()
    )


def _rows_named(value: Json, parts: Mapping[str, str], *, coerce: bool) -> Json | Fault:
    """Return the rows of a records field under the names of its parts; keys that name no part are passed over."""
    if isinstance(value, dict) and "value" in value and isinstance(value["value"], (list, type(None), str)):
        inner = _rows_named(value["value"], parts, coerce=coerce)
        return inner if isinstance(inner, Fault) else {**value, "value": inner}
    if coerce and isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return value
    rows: list[Json] = []
    for number, row in enumerate(value, start=1):
        if not isinstance(row, dict):
            rows.append(row)
            continue
        named: dict[str, Json] = {}
        for name, content in row.items():
            known = parts.get(key(name))
            if known is not None and known in named:
                return Fault(f'the part "{known}" stands twice in row {number}')
            if known is not None:
                named[known] = content
        if row and not named:
            return Fault(f"row {number} names none of the parts")
        rows.append(named)
    return rows


def _given_for(spec: FieldSpec, value: Json) -> Given:
    return _given_rows(value) if spec.type is FieldType.RECORDS else _given(value)


def _given_rows(value: Json) -> Given:
    """Return the rows of a validated records field; a row without any value is none."""
    if isinstance(value, dict):
        bare = _given_rows(value.get("value"))
        return replace(bare, quotes=_quotes(value.get("quote")) + bare.quotes)
    if not isinstance(value, list):
        return NOTHING
    rows = [{name: _given(content) for name, content in row.items()} for row in value if isinstance(row, dict)]
    rows = [row for row in rows if any(not given.empty for given in row.values())]
    quotes = tuple(quote for row in rows for given in row.values() for quote in given.quotes)
    told = "\n".join(row_in_words({name: given.text for name, given in row.items()}) for row in rows)
    return Given(told, quotes=quotes, rows=tuple(rows))


def _kind(value: object) -> str:
    """Return what a JSON value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def _coerced(value: Json, kind: FieldType) -> Json:
    """Return the value in the JSON type of the field where only the wrapping differs (lenient reading)."""
    if isinstance(value, dict):
        return {**value, "value": _coerced(value["value"], kind)} if "value" in value else value
    if kind is FieldType.LIST:
        if isinstance(value, str):
            return [line.strip() for line in value.splitlines() if line.strip()]
        return [value] if isinstance(value, (int, float)) else value
    if isinstance(value, list) and len(value) <= 1 and kind is not FieldType.RECORDS:
        return value[0] if value else None
    if kind in {FieldType.NAME, FieldType.DATE} and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


def _given(value: Json) -> Given:
    """Return a validated value and its quotes as text."""
    if isinstance(value, dict):
        bare = _given(value.get("value"))
        return replace(bare, quotes=_quotes(value.get("quote")) + bare.quotes)
    if isinstance(value, list):
        items = [item for item in (_given(entry) for entry in value) if not item.empty]
        quotes = tuple(quote for item in items for quote in item.quotes)
        texts, numbers = tuple(item.text for item in items), tuple(item.number for item in items)
        return Given("\n".join(texts), None, texts, quotes, numbers)
    if isinstance(value, bool):
        return Given("true" if value else "false")
    if isinstance(value, (int, float)):
        number = Decimal(str(value))
        return Given(f"{number:f}", number)
    return Given((value or "").strip())


def _quotes(value: Json) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(str(quote) for quote in value if str(quote).strip()) if isinstance(value, list) else ()
