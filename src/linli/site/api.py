"""The HTTP API, version 1: every room's router under one roof."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI
from ninja.security import APIKeyCookie, HttpBearer

from linli.accounts import queries as accounts
from linli.cases.api import router as cases
from linli.intake.api import router as intake
from linli.site import problems


class Token(HttpBearer):
    """A bearer token of a user."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """The user's id."""
        del request
        return accounts.user_of_token(token, timezone.now())


class Session(APIKeyCookie):
    """The session of somebody who logged in on a page; unsafe methods need the CSRF token too."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        """The user's id."""
        del key
        return str(request.user.pk) if request.user.is_authenticated else None


api = NinjaAPI(title="Linli", version="1", urls_namespace="api-1", auth=[Token(), Session()])
api.add_router("", intake)
api.add_router("", cases)
problems.register(api)
