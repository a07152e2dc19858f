"""Understanding, first version: suggests label, matter and urgency of a message, and says what it leaned on.

It only pre-fills; accepting and dispatching are acts of a person. It sees the text of the message and nothing else
(rights R9): no person, no address, no history, and it may raise an urgency but never lower it. No Django in here.
"""

from linli.intake.understanding.label import LABELS
from linli.intake.understanding.propose import Suggestion, model_version, raise_urgency, suggest, suggest_many

__all__ = ["LABELS", "Suggestion", "model_version", "raise_urgency", "suggest", "suggest_many"]
