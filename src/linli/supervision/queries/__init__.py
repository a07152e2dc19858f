"""Every read of supervision."""

from linli.supervision.queries.orders import (
    OrderEntry,
    OrderInfo,
    OrderPage,
    order,
    order_history,
    orders,
    orders_of_case,
    waiting_orders,
)
from linli.supervision.queries.shifts import ShiftInfo, past_shifts, present_shift, shift, shift_units
from linli.supervision.queries.visits import (
    FollowUpInfo,
    VisitInfo,
    due,
    follow_ups,
    may_note,
    may_settle,
    supervised,
    visible_to,
    visit,
    visits,
)

__all__ = [
    "FollowUpInfo",
    "OrderEntry",
    "OrderInfo",
    "OrderPage",
    "ShiftInfo",
    "VisitInfo",
    "due",
    "follow_ups",
    "may_note",
    "may_settle",
    "order",
    "order_history",
    "orders",
    "orders_of_case",
    "past_shifts",
    "present_shift",
    "shift",
    "shift_units",
    "supervised",
    "visible_to",
    "visit",
    "visits",
    "waiting_orders",
]
