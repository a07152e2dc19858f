"""Every form of supervision."""

from linli.supervision.forms.orders import ActForm, AnswerForm, OrderForm, SendBackForm, WithdrawForm
from linli.supervision.forms.problems import DoneForm, ProblemForm
from linli.supervision.forms.visits import FollowUpForm, HandOverForm, VisitForm

__all__ = [
    "ActForm",
    "AnswerForm",
    "DoneForm",
    "FollowUpForm",
    "HandOverForm",
    "OrderForm",
    "ProblemForm",
    "SendBackForm",
    "VisitForm",
    "WithdrawForm",
]
