"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")

served = get_wsgi_application()

from linli.directory.queries import keep_lookups  # noqa: E402 - Django must be ready first
from linli.site.bodies import measured  # noqa: E402

application = measured(served)

keep_lookups(seconds=1.0)
