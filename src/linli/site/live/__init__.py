"""Live updates: which cases moved, told to open pages as soon as the relay knows it.

A page is told only that a case moved, never what happened: it then reads again by the usual scoped ways. ``linli live``
streams; ``/desk/live/`` answers the same to a page that asks. Both read what the relay wrote down
(``linli.ledger.queries.told_after``), so nothing depends on who was listening when.
"""
