"""Django's system checks that need no database: models, templates, addresses, settings."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")

import django
from django.core.management import CommandError, call_command


def main() -> int:
    """Prints what is wrong; 1 when anything is, a warning too."""
    django.setup()
    try:
        call_command("check", fail_level="WARNING", verbosity=0)
    except CommandError as fault:
        print(fault)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
