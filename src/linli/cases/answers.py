"""Standard answers as values: what one holds, what may be wrong with it, and those that come with the package."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from linli.core import answers
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import Action, FieldType, Role

TITLE_LIMIT, TEXT_LIMIT = 80, 2000


@dataclass(frozen=True, slots=True)
class Wording:
    """What a standard answer says, for which field of which action, and where it is offered."""

    action: str
    field: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    unit: str = ""
    matter: str = ""
    domain: str = ""
    code: str = ""

    def title(self, lang: str) -> str:
        """What it is called in the reader's language."""
        return self.title_zh if lang == "zh-hans" else self.title_en

    def text(self, lang: str) -> str:
        """Its text in the reader's language, with its places still open."""
        return self.text_zh if lang == "zh-hans" else self.text_en


def fields(policy: Policy) -> list[tuple[Action, str]]:
    """Fields that a standard answer may be for: texts that officers write, of the procedures in force."""
    names = sorted({name for name, _version in policy.procedures}, reverse=True)
    found: dict[tuple[str, str], Action] = {}
    for action in (a for name in names for a in policy.current_procedure(name).actions.values()):
        for field in action.form:
            if field.type is FieldType.TEXT and action.by - {Role.REPORTER, Role.CLOCK}:
                found.setdefault((action.name, field.name), action)
    return [(action, field) for (_name, field), action in found.items()]


def check(wording: Wording, policy: Policy) -> None:
    """Checks what was filled in.

    Raises:
        Refusal: ``answer_field_unknown``, ``answer_text_missing``, ``answer_place_unknown``, ``text_too_long``,
            ``text_unreadable``, ``matter_unknown``.
    """
    if (wording.action, wording.field) not in {(action.name, field) for action, field in fields(policy)}:
        raise Refusal("answer_field_unknown", {"field": "place"})
    if wording.matter and wording.matter not in policy.matters:
        raise Refusal("matter_unknown", {"matter": wording.matter})
    if wording.domain and wording.domain not in {matter.domain for matter in policy.matters.values()}:
        raise Refusal("matter_unknown", {"matter": wording.domain})
    for name, limit in (
        ("title_zh", TITLE_LIMIT), ("title_en", TITLE_LIMIT), ("text_zh", TEXT_LIMIT), ("text_en", TEXT_LIMIT),
    ):  # fmt: skip
        _check_text(name, getattr(wording, name), limit)


def _check_text(name: str, text: str, limit: int) -> None:
    if not text.strip():
        raise Refusal("answer_text_missing", {"field": name})
    if "\x00" in text:
        raise Refusal("text_unreadable", {"field": name})
    if len(text) > limit:
        raise Refusal("text_too_long", {"field": name, "limit": limit, "length": len(text)})
    wrong = answers.faults(text) if name.startswith("text_") else ()
    if wrong:
        raise Refusal(
            "answer_place_unknown", {"field": name, "found": ", ".join(wrong), "known": ", ".join(answers.PLACES)}
        )


@cache
def packaged() -> tuple[Wording, ...]:
    """The answers that come with the package."""
    text = files("linli.cases").joinpath("data", "answers.yaml").read_text("utf-8")
    return tuple(_packaged(entry) for entry in yaml.safe_load(text)["answers"])


def _packaged(entry: Mapping[str, Any]) -> Wording:
    return Wording(
        action=entry["action"],
        field=entry["field"],
        title_zh=entry["title"]["zh"],
        title_en=entry["title"]["en"],
        text_zh=entry["text"]["zh"],
        text_en=entry["text"]["en"],
        matter=entry.get("matter", ""),
        domain=entry.get("domain", ""),
        code=entry["code"],
    )
