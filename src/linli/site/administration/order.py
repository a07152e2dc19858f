"""In which order a procedure is told. What was published is kept without an order of its names, so it is found anew."""

from linli.core.procedure import Action, Procedure


def steps_in_order(procedure: Procedure) -> tuple[str, ...]:
    """Open steps by how many acts they are from the start, then the ends.

    Of steps equally far away, those that only lead back come first, so that the way onwards is at the right.
    """
    far = _distances(procedure)
    last = len(procedure.steps)

    def rank(name: str) -> tuple[bool, int, bool, str]:
        here = far.get(name, last)
        onwards = any(
            action.target is not None and (procedure.steps[action.target].end or far.get(action.target, 0) > here)
            for action in procedure.actions_from(name)
            if action.target in procedure.steps and not is_everywhere(action, procedure)
        )
        return procedure.steps[name].end, here, onwards, name

    return tuple(sorted(procedure.steps, key=rank))


def actions_in_order(procedure: Procedure) -> tuple[Action, ...]:
    """Actions by the first step from which they start and then by where they lead; those from everywhere last."""
    order = {name: place for place, name in enumerate(steps_in_order(procedure))}

    def rank(action: Action) -> tuple[bool, int, int, str]:
        first = min((order.get(source, 0) for source in action.sources), default=0)
        return is_everywhere(action, procedure), first, order.get(action.target or "", -1), action.name

    return tuple(sorted(procedure.actions.values(), key=rank))


def is_everywhere(action: Action, procedure: Procedure) -> bool:
    """Whether the action may be taken from every open step; where there is only one step, none is."""
    every = set(procedure.open_steps)
    return len(every) > 1 and every <= action.sources


def _distances(procedure: Procedure) -> dict[str, int]:
    far, edge = {procedure.start: 0}, [procedure.start]
    while edge:
        reached = {
            action.target
            for name in edge
            for action in procedure.actions_from(name)
            if action.target in procedure.steps and not procedure.steps[name].end
        }
        edge = sorted(name for name in reached if name is not None and name not in far)
        far |= dict.fromkeys(edge, max(far.values()) + 1)
    return far
