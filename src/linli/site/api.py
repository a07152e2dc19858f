"""The HTTP API, version 1: every room's router under one roof."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from linli.accounts import queries as accounts
from linli.cases.api import router as cases
from linli.core.errors import Refusal
from linli.intake.api import router as intake
from linli.site import problems
from linli.site.portal.api import router as followed


class Token(HttpBearer):
    """A bearer token of a user."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """The user's id."""
        del request
        return accounts.user_of_token(token, timezone.now())


class Session(APIKeyCookie):
    """The session of somebody who logged in on a page; unsafe methods need the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> str | None:
        """The user's id; None for whoever is not logged in, so that they are told to log in.

        Raises:
            Refusal: ``csrf_missing``, or ``own_password_first`` while the password is a one-time one.
        """
        if not request.user.is_authenticated:
            return None
        if getattr(request.user, "one_time_until", None) is not None:
            raise Refusal("own_password_first")
        if check_csrf(request) is not None:
            raise Refusal("csrf_missing")
        return str(request.user.pk)

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        """Not asked: :meth:`__call__` settles it."""
        raise NotImplementedError


class Described(NinjaAPI):
    """An API whose description says of every operation how it is refused and who may call it."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        schema = super().get_openapi_schema(**where)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"]["default"] = {"description": "Problem document (RFC 9457)", "content": content}
                operation.setdefault("security", [])
        return schema


PROBLEM = {
    "type": "object",
    "description": "Why a request was refused and what to do. `code` is stable; `detail` is in the reader's language.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:linli:problem: followed by the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "facts": {"type": "object", "description": "Codes, ids and numbers that the sentence is made of."},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "Each wrong value of a body or query."},
        "state": {
            "type": "object",
            "description": "With 409: the case as it is now, as the address of the case shows it.",
        },
    },
}

api = Described(
    title="Linli",
    version="1",
    description="Reports, cases and every act on them. Errors are problem documents.",
    urls_namespace="api-1",
    docs_url=None,
    parser=problems.StrictParser(),
    auth=[Token(), Session()],
)
api.add_router("", intake)
api.add_router("", followed)
api.add_router("", cases)
problems.register(api)
