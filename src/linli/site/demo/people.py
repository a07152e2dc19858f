"""The demo's invented staff: one person for each post of every unit, and a few accounts to log in with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from linli.accounts import actions as accounts
from linli.accounts import queries as users
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.directory import actions as directory_actions
from linli.directory import queries as directory

FAMILY = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘范彭鲁韦马方任袁柳唐罗薛贺汤邓"
GIVEN = "明芳伟静丽强磊洋勇艳杰娟涛超秀兰霞平刚桂英华玉红建国文志海波云龙"


@dataclass(frozen=True, slots=True)
class Login:
    """An account printed at the end of the demo's set-up."""

    username: str
    unit: str
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class Staff:
    """Actors by (unit, function), as the rules ask for them."""

    by_function: Mapping[tuple[str, Function], Actor]

    def who(self, unit: str, function: Function) -> Actor | None:
        """Somebody of that unit who may do this."""
        return self.by_function.get((unit, function))


def hire(district: str, password: str, *, now: datetime) -> tuple[Staff, list[Login]]:
    """Gives every post of the district an invented person; repeating it adds nobody.

    Usernames are the post's id. All accounts have the same password, made for this demo and printed once.
    """
    posts = directory.posts(district)
    made = accounts.create_users([(post.id, _name(post.id)) for post in posts], password, invented=True)
    directory_actions.hold_posts([(str(made[post.id].id), post.id) for post in posts], since=now)
    return staff_of(district), _logins(district)


def staff_of(district: str) -> Staff:
    """The invented people who were hired for a district."""
    posts, units = directory.posts(district), directory.units(district)
    people = users.ids_by_name(post.id for post in posts)
    actors: dict[tuple[str, Function], Actor] = {}
    for post in posts:
        if post.id in people:
            held = PostHeld(post.id, post.unit, units[post.unit].area, post.functions)
            actor = Actor(ActorKind.PERSON, people[post.id], (held,))
            for function in post.functions:
                actors.setdefault((post.unit, function), actor)
    return Staff(actors)


def _logins(district: str) -> list[Login]:
    """Accounts that together can carry one case of the first town by hand, from report to closure."""
    wanted = ("community_station", "command_centre", "sanitation_office", "town_enforcement_team", "district_centre")
    first: dict[str, str] = {}
    for unit in sorted(directory.units(district).values(), key=lambda u: u.id):
        if unit.type in wanted:
            first.setdefault(unit.type, unit.id)
    chosen = [
        Login(post.id, post.unit, post.title_zh, post.title_en)
        for post in directory.posts(district)
        if post.unit in first.values()
    ]
    return sorted(chosen, key=lambda login: (wanted.index(_type_of(login.unit)), login.username))


def _type_of(unit: str) -> str:
    return unit.rpartition(".")[2]


def _name(post: str) -> str:
    number = sum(ord(letter) * place for place, letter in enumerate(post, 1))
    first, second = GIVEN[number // 7 % len(GIVEN)], GIVEN[number // 11 % len(GIVEN)]
    return f"{FAMILY[number % len(FAMILY)]}{first}{second if number % 3 else ''}"
