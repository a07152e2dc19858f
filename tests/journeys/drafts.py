"""What the journeys through the draft of the catalogue have in common: its form, filled in and sent."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.test import Client

from linli.catalogue import queries_drafts as drafts
from linli.core.policy import Matter
from linli.site.administration.matter_form import MatterForm
from tests.journeys.conftest import DISTRICT_CENTRE, Enter

DRAFT = "/desk/admin/catalogue/draft/"
REFUSE, LAWFUL = "CM-006", "EE-005"


def administrator(enter: Enter, language: str = "zh-hans") -> Client:
    """Somebody who administers the district."""
    return enter(DISTRICT_CENTRE, "administrator", language=language)


def filled(page: HttpResponse) -> dict[str, Any]:
    """What the form on a page would send if nothing was changed."""
    return values_of(page.context["form"])


def send(client: Client, code: str, **changes: Any) -> HttpResponse:
    """Keeps a matter with some fields changed."""
    address = f"{DRAFT}matter/{code}/"
    return client.post(address, filled(client.get(address)) | changes)


def matter(code: str) -> Matter:
    """A matter as it stands in the draft."""
    return drafts.standing()[code].matter


def settle(client: Client, do: str, note: str = "按新标准") -> HttpResponse:
    """Proposes, publishes or throws away the draft as it is."""
    found = drafts.draft()
    assert found is not None
    return client.post(f"{DRAFT}settle/", {"do": do, "note": note, "revision": found.revision})


def values_of(form: MatterForm) -> dict[str, Any]:
    """What a form would send if nothing was changed."""
    values: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if bound.name in ("accept_limit", "handle_limit"):
            values |= {f"{bound.name}_amount": value[0], f"{bound.name}_unit": value[1]}
        elif value is not None:
            values[bound.name] = value
    return values


def query_of(values: Mapping[str, Any]) -> QueryDict:
    """The same as a browser sends it."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
