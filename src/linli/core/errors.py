"""The one way in which the rulebook says no."""

from collections.abc import Mapping

Fact = str | int | bool | None | tuple[str, ...]


class Refusal(Exception):
    """A rule that says no, named by its code, with the facts a person needs to satisfy it.

    ``code`` is a full English slug such as ``verifier_handled``; rooms above translate it into a sentence
    (``linli.cases.words``) and the API answers it as a problem document. ``facts`` holds codes, ids and
    instants as text only, never personal data.
    """

    def __init__(self, code: str, facts: Mapping[str, Fact] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Fact] = facts or {}

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}" if self.facts else self.code
