"""Saved lists: kept per person, by code only, in the person's own order."""

from django.test import Client

from linli.accounts import queries
from linli.accounts.models import User
from tests.journeys.conftest import CENTRE, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, TOWN, Place


def save(client: Client, name: str, query: str = "") -> str:
    answer = client.post("/desk/saved/", {"name": name, "query": query})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def names(client: Client) -> list[str]:
    return [saved.name for saved in client.get("/desk/saved/").context["lists"]]


def test_it_is_saved_from_the_list_and_stands_in_its_menu(district: Place, enter: Enter, language: str) -> None:
    client = enter(CENTRE, "dispatcher", "duty_head", language=language)
    page = client.get("/desk/", {"in": TOWN, "step": "registered", "late": "1"})
    assert_sound(page)
    query = page.context["saved"].query

    address = save(client, "  今天要派的  ", query)

    assert address == f"/desk/?in={TOWN}&step=registered&late=1"
    again = client.get(address)
    assert_sound(again)
    [saved] = again.context["saved"].lists
    assert (saved.name, saved.address, saved.here) == ("今天要派的", address, True)
    assert not client.get("/desk/").context["saved"].lists[0].here


def test_it_keeps_known_codes_only(district: Place, enter: Enter) -> None:
    client = enter(CENTRE, "dispatcher", "duty_head")
    query = f"in={TOWN}&q=王某 13812345678&after=xyz&next=//elsewhere.example&matter=CM-006&urgency=<b>&size=50"

    assert save(client, "一", query) == f"/desk/?in={TOWN}&matter=CM-006&size=50"
    assert save(client, "二", "%00%FF&&=") == "/desk/?"


def test_it_gives_a_known_name_the_new_list(district: Place, enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    save(client, "常用", "step=reported")
    save(client, "常用", "step=verified")

    [saved] = client.get("/desk/saved/").context["lists"]
    assert saved.address == "/desk/?step=verified"


def test_it_is_put_in_order_and_deleted(district: Place, enter: Enter, language: str) -> None:
    client = enter(STATION, "desk_clerk", language=language)
    assert_sound(client.get("/desk/saved/"))
    for name in ("one", "two", "three"):
        save(client, name)
    page = client.get("/desk/saved/")
    assert_sound(page)
    first, second, _third = [saved.id for saved in page.context["lists"]]

    client.post(f"/desk/saved/{first}/", {"do": "down"})
    assert names(client) == ["two", "one", "three"]
    client.post(f"/desk/saved/{second}/", {"do": "up"})
    assert names(client) == ["two", "one", "three"], "it is at the top already"
    client.post(f"/desk/saved/{first}/", {"do": "delete"})
    client.post(f"/desk/saved/{second}/", {"do": "nonsense"})
    assert names(client) == ["two", "three"]


def test_it_says_what_is_wrong_and_keeps_what_was_typed(district: Place, enter: Enter, language: str) -> None:
    client = enter(STATION, "desk_clerk", language=language)
    for name in ("", "x" * 41):
        page = client.post("/desk/saved/", {"name": name, "query": "step=reported"})
        assert page.status_code == 422
        assert_sound(page)
        assert f'value="{name}"' in page.content.decode()
    for number in range(20):
        save(client, str(number))
    full = client.post("/desk/saved/", {"name": "one more"})
    assert full.status_code == 422
    assert "20" in text(full)


def test_nobody_sees_or_changes_those_of_another(district: Place, enter: Enter) -> None:
    clerk, dispatcher = enter(STATION, "desk_clerk"), enter(CENTRE, "dispatcher")
    save(clerk, "mine", f"in={COMMUNITY}")
    [saved] = clerk.get("/desk/saved/").context["lists"]

    for wanted in ("delete", "up", "down"):
        dispatcher.post(f"/desk/saved/{saved.id}/", {"do": wanted})

    assert names(dispatcher) == []
    assert names(clerk) == ["mine"]


def test_it_leads_nowhere_once_the_area_is_no_longer_ones_own(district: Place, enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    save(client, "elsewhere", f"in={TOWN}")

    page = client.get("/desk/saved/")
    assert_sound(page)
    assert [saved.address for saved in page.context["lists"]] == [""]
    assert "elsewhere" not in client.get("/desk/").content.decode()


def test_it_goes_with_the_account(district: Place, enter: Enter) -> None:
    save(enter(STATION, "desk_clerk"), "mine")
    user = User.objects.get(username=f"{STATION}.desk_clerk")
    id_ = str(user.pk)

    assert len(queries.filters_of(id_)) == 1
    user.delete()
    assert queries.filters_of(id_) == []
