"""The procedures in force, to be read as diagram and document by everybody at the desk."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases import words
from linli.site.administration import reading
from linli.site.administration.diagram import draw
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common


@dataclass(frozen=True, slots=True)
class Listed:
    """One version of a procedure in the list; ``current`` is the one that new cases follow."""

    name: str
    version: int
    title: str
    steps: int
    actions: int
    findings: int
    current: bool


@require_GET
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """All procedures that cases follow, the newest version of each first."""
    known = asking.policy.procedures
    listed = [
        Listed(
            name=name,
            version=version,
            title=words.title(procedure.title, asking.names.lang),
            steps=len(procedure.steps),
            actions=len(procedure.actions),
            findings=len(reading.findings(procedure, asking.policy, asking.names.lang)),
            current=asking.policy.current_procedure(name) is procedure,
        )
        for (name, version), procedure in sorted(
            known.items(), key=lambda each: (each[1].internal, each[0][0], -each[0][1])
        )
    ]
    return render(request, "administration/procedures.html", common(asking) | {"procedures": listed})


@require_GET
@desk_page
def procedure(request: HttpRequest, asking: Asking, name: str, version: int) -> HttpResponse:
    """One procedure: the diagram, the same in tables, and what the checker finds."""
    found = asking.policy.procedures.get((name, version))
    if found is None:
        raise Http404
    lang = asking.names.lang
    shown = {
        "title": words.title(found.title, lang),
        "version": version,
        "current": asking.policy.current_procedure(name) is found,
        "internal": found.internal,
        "drawing": draw(found, lang),
        "steps": reading.steps(found, asking.policy, lang),
        "actions": reading.actions(found, lang),
        "findings": reading.findings(found, asking.policy, lang),
    }
    return render(request, "administration/procedure.html", common(asking) | shown)
