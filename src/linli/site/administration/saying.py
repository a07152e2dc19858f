"""What keeping the directory says in words: refusals with the way out, functions, levels, and who writes."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from linli.accounts.queries import PersonInfo
from linli.cases import words
from linli.core import names
from linli.core.administering import administering_post
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.ledger.recording import By
from linli.site.desk.asking import Asking

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MISSING = frozenset(
    {"unit_unknown", "post_unknown", "holding_unknown", "person_unknown", "absence_unknown", "area_unknown"}
)
"""Refusals that are answered as if there were nothing, so that hidden and missing look alike."""

CONFLICTS = frozenset(
    {
        "changed_meanwhile", "unit_closed", "unit_open", "post_closed", "holding_over", "duty_unknown", "week_filled",
        "account_off", "account_on", "unit_owns_cases", "post_held",
    }
)  # fmt: skip
"""Refusals because the directory is not as it was when the page was shown."""

NAME_FAULTS: "dict[str, StrOrPromise]" = {
    names.FORMULA: _("A name cannot begin with = + - @, which a spreadsheet would run. Write the name itself."),
    names.SIGNS: _("A name has letters, figures and usual punctuation only. Leave out pictures and signs such as < >."),
    names.EMPTY: _("A name needs a letter or a figure."),
}
"""Why something is no name: the codes of :mod:`linli.core.names`."""

_REFUSALS: dict[str, "StrOrPromise"] = {
    "changed_meanwhile": _("Somebody else changed this meanwhile. What stands there now is shown; yours is kept."),
    "person_mobile": _("This looks like a person's mobile. Enter the unit's duty line, or leave it empty."),
    **NAME_FAULTS,
    "function_not_yours": _("Only an administrator of the whole district gives or takes these functions."),
    "function_needs_post": _("No post of the unit has these functions: %(functions)s. Give them to a post first."),
    "superior_unknown": _("This superior is not there any more. Choose another."),
    "superior_circle": _("The unit would report to itself. Choose another superior."),
    "type_elsewhere": _("Units of this type serve no wider area than this level: %(level)s. Choose a smaller one."),
    "type_unknown": _("There is no such type of unit. Choose one from the list."),
    "unit_closed": _("The unit is closed. Open it again first."),
    "unit_open": _("Somebody opened the unit already."),
    "own_unit": _("You hold a post in this unit. Let an administrator of another unit close it."),
    "unit_owns_cases": _(
        "%(number)s open cases are this unit's, and none may be left behind. Have them finished, given back or "
        "dispatched anew; then close the unit."
    ),
    "deputy_unknown": _("The deputy must be another post of the same unit. Choose again."),
    "deputy_circle": _("These two posts would stand in for each other. Choose another deputy."),
    "post_needed": _("Nobody else in the unit could do this then: %(functions)s. Give it to another post first."),
    "post_held": _("Somebody holds this post, or will. End that first."),
    "post_closed": _("The post or its unit is closed. Choose another."),
    "own_post": _("You cannot give yourself a post or change your own. Ask another administrator."),
    "username_wrong": _("A user name has 2 to 80 letters, digits or . _ @ -"),
    "username_taken": _("Somebody has this user name already. Choose another, or give that person the post."),
    "account_off": _("The account is switched off. Switch it on first."),
    "account_on": _("Somebody switched the account on already."),
    "own_account": _("Your own account is not yours to manage here. Ask another administrator."),
    "person_elsewhere": _(
        "This person also holds posts outside the areas you administer, so an administrator of a wider area must do it."
    ),
    "dates_turned": _("The last day lies before the first, or is over already. Correct one of them."),
    "post_held_already": _("This person holds the post in that time already."),
    "holding_over": _("This has ended already."),
    "away_already": _("The person is away in part of that time already."),
    "shift_length": _("A duty lasts at most 24 hours and ends after it begins."),
    "not_of_unit": _("Only posts of this unit, and people who hold one on that day, can be on duty here."),
    "duty_over": _("This duty is over already. What has been is not changed."),
    "own_deputy": _("Nobody stands in for themselves. Choose another deputy."),
    "duty_unknown": _("Somebody took this duty out already."),
    "week_filled": _("Duties stand in this week already. Take them out first, or add single ones."),
    "week_before_empty": _("Nothing stands in the week before."),
}


_ACCOUNTS: "dict[str, StrOrPromise]" = {
    "off": _("switched off"),
    "without": _("no password issued yet"),
    "waiting": _("has not chosen a password yet"),
    "late": _("the one-time password has run out"),
    "own": _("in use"),
}


def account(person: PersonInfo, now: datetime) -> str:
    """How a person's account stands."""
    return str(_ACCOUNTS[person.account(now)])


def refused(refusal: Refusal, lang: str) -> str:
    """The sentence of a refusal, with what to do."""
    facts = {
        key: functions(map(Function, value), lang)
        if isinstance(value, tuple)
        else words.label("area_kind", str(value), lang)
        if key == "level"
        else value
        for key, value in refusal.facts.items()
    }
    return str(_REFUSALS[refusal.code]) % facts if refusal.code in _REFUSALS else words.refusal(refusal, lang)


def functions(known: Iterable[Function], lang: str) -> str:
    """Functions in words, in the order in which a case meets them."""
    order = list(Function)
    names = [words.label("function", each.value, lang) for each in sorted(known, key=order.index)]
    return ("、" if lang == "zh-hans" else ", ").join(names)


def unit_type(code: str, lang: str) -> str:
    """A type of unit in words; one that nothing names is shown as a plain word."""
    return words.label("unit_type", code, lang) if words.has_label("unit_type", code) else code.replace("_", " ")


def by(asking: Asking, area: str) -> By:
    """Who writes, in the name of the post that administers the area."""
    post = administering_post(asking.actor, area)
    return By(asking.actor, asking.district, post, asking.policy.version, asking.now)
