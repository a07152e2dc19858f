"""Ways out of the house behind one small interface; the settings name them by dotted path."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from linli.core.notifying import Channel


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: an id that stays the same when it is tried again, a subject (not every channel has one), a text."""

    id: str
    subject: str
    text: str


class NotSent(Exception):
    """The message did not go out. ``lasting`` says that trying again is of no use."""

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.lasting = lasting


class Transport(Protocol):
    """One channel."""

    def send(self, to: str, message: Message) -> str:
        """Hands the message over; gives the reference under which the other side knows it, if it has one.

        Raises:
            NotSent: it did not go out.
        """
        ...


def configured() -> tuple[Channel, ...]:
    """The channels that this site has."""
    return tuple(channel for channel in Channel if channel in settings.NOTICE_TRANSPORTS)


def transport(channel: Channel) -> Transport:
    """The transport of a channel.

    Raises:
        KeyError: the site does not have it.
    """
    made: Transport = import_string(settings.NOTICE_TRANSPORTS[channel])()
    return made
