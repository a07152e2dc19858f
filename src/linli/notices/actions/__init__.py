"""Every write of notices."""

from linli.notices.actions.alerting import MOST_WORDS, send_alert
from linli.notices.actions.delivering import deliver, send_again
from linli.notices.actions.posting import News, forget, post
from linli.notices.actions.reading import read_all, read_case, read_one
from linli.notices.actions.wishing import keep_address, keep_wishes

__all__ = [
    "MOST_WORDS",
    "News",
    "deliver",
    "forget",
    "keep_address",
    "keep_wishes",
    "post",
    "read_all",
    "read_case",
    "read_one",
    "send_again",
    "send_alert",
]
