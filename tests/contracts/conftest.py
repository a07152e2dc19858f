"""The small district, for contracts that need people and cases."""

from tests.rooms.site.conftest import district, plain_site, small_district, stranger

__all__ = ["district", "plain_site", "small_district", "stranger"]
