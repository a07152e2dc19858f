"""E-mail, by Django's backend that the settings name (SMTP, RFC 5321)."""

import re
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage

from linli.notices.transports import Message, NotSent

ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Mail:
    """A plain message; its Message-ID stays the same when it is tried again, so that a mailbox shows it once."""

    def send(self, to: str, message: Message) -> str:
        """Hands the message to the mail server; 5yz answers are lasting, all else is tried again."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
        reference = f"<{message.id}@{domain}>"
        mail = EmailMessage(message.subject, message.text, to=[to], headers={"Message-ID": reference})
        try:
            mail.send()
        except SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise NotSent(_code(code, said), lasting=code >= 500) from refused
        except SMTPResponseException as refused:
            raise NotSent(_code(refused.smtp_code, refused.smtp_error), lasting=refused.smtp_code >= 500) from refused
        except (SMTPException, OSError) as error:
            raise NotSent(type(error).__name__, lasting=False) from error
        except ValueError as error:  # an address with a line break in it
            raise NotSent(type(error).__name__, lasting=True) from error
        return reference


def _code(code: int, said: bytes | str) -> str:
    """Reply and enhanced status code (RFC 3463) alone: servers like to repeat the address in their words."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    enhanced = ENHANCED.search(text)
    return f"SMTP {code} {enhanced[0]}" if enhanced else f"SMTP {code}"
