"""Who changed what while a version was a draft, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.accounts import queries as accounts
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.actions.matters import OPERATOR
from linli.site.desk.asking import Asking

WORDS = {
    "edited": gettext_lazy("changed"),
    "added": gettext_lazy("added"),
    "retired": gettext_lazy("retired"),
    "restored": gettext_lazy("used again"),
    "undone": gettext_lazy("put back to what is published"),
    "imported": gettext_lazy("matters from a file"),
    "copied": gettext_lazy("matters of an earlier publication"),
}
_UUID = 36


@dataclass(frozen=True, slots=True)
class Step:
    """One change; ``name`` is that of the matter, empty where the draft as a whole was changed."""

    code: str
    name: str
    what: str
    by: str
    at: datetime


def steps(number: int, asking: Asking) -> list[Step]:
    """Every change of a version, the newest first."""
    found = drafts.changes(number)
    names, matters = people(change.by for change in found), catalogue.matters(number) if found else {}
    return [
        Step(
            code=change.code,
            name=asking.names.matter_of(matters[change.code]) if change.code in matters else change.code,
            what=str(WORDS[change.what]),
            by=names[change.by],
            at=change.at,
        )
        for change in found
    ]


def people(ids: Iterable[str]) -> dict[str, str]:
    """Names of who changed or published something, by id."""
    wanted = {one for one in ids if one}
    known = accounts.display_names(one for one in wanted if len(one) == _UUID)
    return {one: known.get(one, _("the command line") if one == OPERATOR else _("somebody")) for one in wanted}
