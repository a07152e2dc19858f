"""Says which changes of models have no migration yet. Compares models with migration files; needs no database."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils.translation import deactivate_all


def main() -> int:
    """Prints what ``makemigrations`` would write; 1 when that is anything, or when two migrations fork."""
    django.setup()
    deactivate_all()  # labels stand in migrations in the source's language
    loader = MigrationLoader(None, ignore_no_migrations=True)
    forks = loader.detect_conflicts()
    for app, names in forks.items():
        print(f"{app}: two last migrations: {', '.join(sorted(names))}; number one of them anew, after the other")
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    for app, migrations in changes.items():
        for migration in migrations:
            for operation in migration.operations:
                print(f"{app}: no migration yet for: {operation.describe()}")
    return 1 if changes or forks else 0


if __name__ == "__main__":
    sys.exit(main())
