"""What guards and effects demand of the action that names them; :mod:`linli.core.checker` proves it of procedures."""

from collections.abc import Mapping

FIELDS: Mapping[str, Mapping[str, str]] = {
    "matter_known": {"matter": "code"},
    "area_known": {"area": "area"},
    "complaint_target_stated": {"matter": "code", "complaint_about": "code?", "complaint_targets": "units?"},
    "classify": {"matter": "code", "area": "area", "urgency": "code", "complaint_targets": "units?"},
    "concerns_own_line": {"complaint_targets": "units"},
    "name_targets": {"complaint_targets": "units"},
    "lead_fits": {"lead": "unit", "co_handlers": "units?"},
    "not_the_unit_complained_about": {"lead": "unit", "co_handlers": "units?"},
    "verifier_exists": {"lead": "unit", "co_handlers": "units?"},
    "set_lead": {"lead": "unit", "co_handlers": "units?"},
    "part_unit_fits": {"unit": "unit"},
    "open_part": {"unit": "unit", "task": "text"},
    "within_pause_limit": {"until": "date"},
    "extension_within_original": {"amount": "number"},
    "note_extension_asked": {"amount": "number", "reason": "code"},
    "mentioned_may_read": {"mention": "units?"},
    "notify_mentioned": {"mention": "units?", "words": "text"},
    "rating_in_range": {"rating": "number?"},
    "note_rating": {"rating": "number?"},
    "score_in_range": {"score": "number?"},
    "target_open": {"into": "case"},
    "same_district": {"into": "case"},
    "reporters_follow": {"into": "case"},
    "reporter_joined": {"from_case": "case"},
    "part_ended": {"part": "case", "outcome": "code", "handler": "code?"},
    "part_handled": {"handler": "code"},
    "follow_lead": {"lead": "unit"},
    "note_reply": {"decision": "code", "reason": "text", "remedy": "code"},
}
"""The fields that a guard or effect reads; with ``?`` the field may be optional or missing, but not of another type.

``note_reply`` reads no reason, and asks for one all the same: a decision without reason and remedy is no answer
(rights R4). ``notify_mentioned`` asks for words: whoever is called on must be told why.
"""

GUARDED: Mapping[str, tuple[str, ...]] = {
    "classify": ("matter_known", "area_known", "complaint_target_stated"),
    "name_targets": ("concerns_own_line",),
    "set_lead": ("lead_fits", "not_the_unit_complained_about", "verifier_exists"),
    "open_part": ("part_unit_fits",),
    "note_extension_asked": ("before_expiry", "none_granted_yet", "extension_within_original"),
    "extend_promise": ("extension_asked", "before_expiry", "never_handled"),
    "reporters_follow": ("target_open", "same_district", "not_a_part"),
    "notify_mentioned": ("mentioned_may_read",),
}
"""Guards without which an effect could break a promise or a right; an action that has the effect names them all."""

NOTING = frozenset({"notify_mentioned"})
"""Effects of an act that only writes something down: it moves no clock, reminder or owner, and is no handling."""

SEQUELS: Mapping[str, tuple[str, ...]] = {
    "reporters_follow": ("join",),
    "open_part": ("part_ended", "part_handled"),
    "open_parts": ("part_ended", "part_handled"),
}
"""Effects that act on another case, and the actions which that case's procedure must have for them."""

PART_SEQUELS = ("cancel", "follow_lead")
"""Actions that a part's procedure must have from every open step, because its parent brings them about."""

OPENING_PARTS = frozenset({"open_part", "open_parts"})
"""Effects that open parts."""

DONE = frozenset({"handed_over_at"})
"""Date fields that tell of something done, which cannot lie ahead."""
