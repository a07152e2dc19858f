"""A procedure as a drawing: open steps in a row in their order, ends in a row below, actions as labelled ways between.

Ways forward run in lanes above the row of open steps; ways back, and those to and from the ends, in lanes below it.
A lane belongs to one way as far as that way and its label reach, so nothing is written over anything else. What may be
done from every open step would be a line from everywhere: it is named once, in :attr:`Drawing.everywhere` or in the box
to which it leads.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from linli.cases import words
from linli.core.procedure import Action, Procedure, Step
from linli.site.administration.order import actions_in_order, is_everywhere, steps_in_order

BOX, GAP, LINE, PAD = 168, 28, 18, 10
CHARACTER, WIDE = 7, 13
LABEL = 170
_PIECES = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text at its place."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Box:
    """A step: its lines from ``title`` downwards; ``kind`` is open, start, paused or end."""

    step: str
    kind: str
    x: int
    y: int
    height: int
    title: tuple[Text, ...]
    notes: tuple[Text, ...]
    width: int = BOX


@dataclass(frozen=True, slots=True)
class Way:
    """The actions from one step to another: the path of the line and the words on it."""

    source: str
    target: str
    path: str
    label: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture; ``everywhere`` are titles of what may be done from every open step without leaving it."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    everywhere: tuple[str, ...]


@dataclass(slots=True)
class _Way:
    source: str
    target: str
    lines: list[str]
    above: bool
    ends: list[int] = field(default_factory=lambda: [0, 0])
    lane: int = 0

    @property
    def left(self) -> int:
        return min(*self.ends, sum(self.ends) // 2 - self.width // 2)

    @property
    def right(self) -> int:
        return max(*self.ends, sum(self.ends) // 2 + self.width // 2)

    @property
    def width(self) -> int:
        return max(width_of(line) for line in self.lines)


def draw(procedure: Procedure, lang: str) -> Drawing:
    """Lays the procedure out; the same document gives the same drawing."""
    columns = _columns(procedure)
    ways = _ways(procedure, columns, lang)
    _ports(ways, columns)
    above, below = [w for w in ways if w.above], [w for w in ways if not w.above]
    top = PAD + _lanes(above)
    notes = {name: _notes(procedure, step, lang) for name, step in procedure.steps.items()}
    heights = {name: _height(lines) for name, lines in notes.items()}
    tallest = max((heights[name] for name in procedure.open_steps), default=0)
    bottom = top + tallest
    ends = bottom + _lanes(below) + LINE
    boxes = [
        _box(
            step,
            notes[name],
            columns[name],
            ends if step.end else top,
            heights[name] if step.end else tallest,
            procedure,
        )
        for name, step in ((name, procedure.steps[name]) for name in steps_in_order(procedure))
    ]
    lowest = max(box.y + box.height for box in boxes)
    return Drawing(
        width=max(columns.values()) * (BOX + GAP) + BOX + 2 * PAD,
        height=lowest + PAD,
        boxes=tuple(boxes),
        ways=tuple(_drawn(way, procedure, top, bottom, ends) for way in ways),
        everywhere=tuple(words.title(a.title, lang) for a in _everywhere(procedure) if a.target is None),
    )


def width_of(text: str) -> int:
    """How wide a text is drawn, about: wide characters count as nearly two."""
    return sum(WIDE if character > "\u2e80" else CHARACTER for character in text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines no wider than that, broken between words and between Chinese characters."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and width_of(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _columns(procedure: Procedure) -> Mapping[str, int]:
    """Open steps in their order; each end below the middle of where its ways come from, one a column."""
    order = steps_in_order(procedure)
    columns = {name: place for place, name in enumerate(name for name in order if not procedure.steps[name].end)}
    wanted: list[tuple[float, str]] = []
    for name in (name for name in order if procedure.steps[name].end):
        near = [columns[s] for a in procedure.actions.values() if a.target == name for s in a.sources if s in columns]
        wanted.append((sum(near) / len(near) if near else 0.0, name))
    taken = -1
    for place, name in sorted(wanted, key=lambda each: each[0]):
        taken = max(taken + 1, round(place))
        columns[name] = taken
    return columns


def _everywhere(procedure: Procedure) -> list[Action]:
    return [action for action in actions_in_order(procedure) if is_everywhere(action, procedure)]


def _ways(procedure: Procedure, columns: Mapping[str, int], lang: str) -> list[_Way]:
    found: dict[tuple[str, str], list[str]] = {}
    for action in actions_in_order(procedure):
        if action.target is None or is_everywhere(action, procedure) or action.target not in columns:
            continue
        for source in sorted(action.sources & set(procedure.steps) - {action.target}):
            found.setdefault((source, action.target), []).extend(wrapped(words.title(action.title, lang), LABEL))
    ways = []
    for (source, target), lines in found.items():
        both_open = not procedure.steps[source].end and not procedure.steps[target].end
        ways.append(_Way(source, target, lines, both_open and columns[target] > columns[source]))
    return ways


def _ports(ways: Iterable[_Way], columns: Mapping[str, int]) -> None:
    """Where each way leaves and enters: side by side on the box, ordered so that ways from one side do not cross."""
    sides: dict[tuple[str, bool], list[tuple[tuple[bool, int, int], _Way, int]]] = {}
    for number, way in enumerate(ways):
        for end, (here, there) in enumerate(((way.source, way.target), (way.target, way.source))):
            apart = columns[there] - columns[here]
            order = (apart >= 0, -apart, number)
            sides.setdefault((here, way.above), []).append((order, way, end))
    for (step, _side), meeting in sides.items():
        step_by = BOX / (len(meeting) + 1)
        for place, (_rank, way, end) in enumerate(sorted(meeting, key=lambda each: each[0]), 1):
            way.ends[end] = PAD + columns[step] * (BOX + GAP) + round(step_by * place)


def _lanes(ways: Sequence[_Way]) -> int:
    """Gives each way the nearest lane that is free as far as it reaches, short ways first; gives the height of all."""
    lanes: list[list[_Way]] = []
    for way in sorted(ways, key=lambda each: (abs(each.ends[0] - each.ends[1]), each.left)):
        free = (lane for lane in lanes if all(way.right + PAD < w.left or w.right + PAD < way.left for w in lane))
        lane = next(free, None)
        if lane is None:
            lane = []
            lanes.append(lane)
        lane.append(way)
    height = PAD
    for lane in lanes:
        height += max(len(way.lines) for way in lane) * LINE + PAD
        for way in lane:
            way.lane = height
    return height + PAD


def _notes(procedure: Procedure, step: Step, lang: str) -> tuple[list[str], list[str]]:
    """The lines of a box: its title, then owner, what may be done without leaving, and what comes from everywhere."""
    notes = wrapped(words.label("role", step.owner, lang), BOX - 2 * PAD) if step.owner else []
    for action in actions_in_order(procedure):
        name = words.title(action.title, lang)
        if action.target in (None, step.name) and step.name in action.sources and not is_everywhere(action, procedure):
            notes += wrapped(f"↻ {name}", BOX - 2 * PAD)
        if action.target == step.name and is_everywhere(action, procedure):
            notes += wrapped(_("any open step → %(action)s") % {"action": name}, BOX - 2 * PAD)
    return wrapped(words.title(step.title, lang), BOX - 4 * PAD), notes  # bold is wider


def _height(lines: tuple[list[str], list[str]]) -> int:
    return (len(lines[0]) + len(lines[1])) * LINE + 2 * PAD


def _box(step: Step, lines: tuple[list[str], list[str]], column: int, y: int, height: int, of: Procedure) -> Box:
    kind = "end" if step.end else "start" if step.name == of.start else "paused" if step.paused else "open"
    x = PAD + column * (BOX + GAP)
    first = y + PAD + LINE - 5
    title, notes = lines
    return Box(
        step=step.name,
        kind=kind,
        x=x,
        y=y,
        height=height,
        title=tuple(Text(x + PAD, first + place * LINE, line) for place, line in enumerate(title)),
        notes=tuple(Text(x + PAD, first + (len(title) + place) * LINE, line) for place, line in enumerate(notes)),
    )


def _drawn(way: _Way, procedure: Procedure, top: int, bottom: int, ends: int) -> Way:
    start, stop = way.ends
    lane = top - way.lane if way.above else bottom + way.lane

    def edge(step: str) -> int:
        return top if way.above else ends if procedure.steps[step].end else bottom

    label = lane + LINE - 4 if way.above else lane - len(way.lines) * LINE + LINE - 5
    return Way(
        source=way.source,
        target=way.target,
        path=f"M{start} {edge(way.source)}V{lane}H{stop}V{edge(way.target)}",
        label=tuple(_middle(way, label)),
    )


def _middle(way: _Way, y: int) -> Iterator[Text]:
    for place, line in enumerate(way.lines):
        yield Text(sum(way.ends) // 2, y + place * LINE, line)
