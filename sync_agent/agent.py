"""The agent's mind, SANS-IO: `step(state, event, now, chance) -> (state, actions)`. PURE: time and chance are given.

The rules it lives by:
- The outbox is read in slices and nothing of it is kept: a state holds number ranges only, at most 32 runs.
- A PUBACK is not delivery; only a receipt is.
- A receipt is applied to the database first; what it leaves uncovered is sent again when its wait is over. Only the
  lowest run of an epoch and listed gaps are repeated: the centre takes batches in order, so the rest may be on its way.
- A run that receipts pass by 3 times is cut in halves, down to one record; that one is set aside for an hour and the
  queue goes on behind it. While no receipt comes at all nothing is cut: then the centre is away, not the record.
- A new generation of the centre (restored from a copy) means: everything behind its `through` once more.
- What goes next: sync_agent.sending.
- A lost connection is dialled again after a random wait that doubles: a whole province reconnects together.
"""

from sync_agent.events import (
    Acked,
    Action,
    Alarm,
    Connected,
    Dial,
    Disconnected,
    EpochSeen,
    EpochsRead,
    Event,
    Greet,
    HangUp,
    NothingThere,
    Published,
    PublishRefused,
    ReadEpochs,
    ReceiptApplied,
    Tick,
    TooLarge,
)
from sync_agent.runs import Run, Stage, after_receipt, gaps
from sync_agent.sending import held, send_next
from sync_agent.state import (
    MOST_LANES,
    MOST_POISON,
    MOST_RUNS,
    RUNS_FOR_CUTTING,
    SHORT_CONNECTIONS,
    TRIES_BEFORE_CUT,
    WAITS_MS,
    Lane,
    Link,
    Poison,
    State,
    Turn,
    heads,
)
from wire.receipt import Receipt


def step(state: State, event: Event, now: int, chance: float) -> tuple[State, list[Action]]:
    """What follows from `event` at `now` (monotonic ms). `chance` in [0, 1) spreads the waits."""
    turn = Turn(state.copy(), now, chance)
    _take(turn, event)
    if isinstance(event, Tick):  # no wait is so short that it could not be seen a tick later
        _expire(turn)
    if turn.state.link is Link.UP:
        send_next(turn)
    return turn.state, turn.actions


def _take(turn: Turn, event: Event) -> None:
    match event:
        case Tick(changed):
            _tick(turn, changed)
        case EpochsRead(epochs):
            _see(turn, epochs)
        case Connected():
            _meet(turn)
        case Disconnected():
            _lose(turn)
        case Published(token, first, last):
            _published(turn, token, first, last)
        case NothingThere(token):
            turn.set_runs(r for r in turn.state.runs if r.token != token)
        case TooLarge(token):
            turn.change(token, lambda run: _halves(turn, run))
        case PublishRefused(token):
            turn.change(token, lambda run: [run._replace(stage=Stage.WAITING, due_ms=turn.wait("refused"))])
        case Acked(token):
            turn.change(token, lambda run: _acked(turn, run))
        case ReceiptApplied(receipt, new_epoch):
            _go_by(turn, receipt)
            if new_epoch is not None:
                turn.actions += [Alarm(new_epoch, receipt.epoch.hex()), ReadEpochs()]


def _tick(turn: Turn, changed: bool) -> None:
    state, now = turn.state, turn.now
    if state.link is Link.DOWN and now >= state.dial_ms:
        turn.state.link = Link.DIALLING
        turn.state.dial_ms = now
        turn.actions.append(Dial())
    elif state.link is Link.DIALLING and now - state.dial_ms >= WAITS_MS["answer"]:
        turn.state.dial_ms = now
        turn.actions.append(HangUp("no answer"))
    if changed or now >= state.reread_ms:
        turn.state.reread_ms = turn.wait("reread")
        turn.actions.append(ReadEpochs())
    for due in [p for p in state.poison if p.due_ms <= now]:
        if len(turn.state.runs) < MOST_RUNS:
            turn.state.poison = tuple(p for p in turn.state.poison if p is not due)
            turn.add_run(due.epoch, due.seq, due.seq, tries=TRIES_BEFORE_CUT - 1)


def _see(turn: Turn, epochs: tuple[EpochSeen, ...]) -> None:
    """Go by what the database holds; another process may have written records or applied a receipt from a stick."""
    known = {lane.epoch: lane for lane in turn.state.lanes}
    lanes, kept = [], {}
    for seen in epochs[: MOST_LANES - 1] + epochs[MOST_LANES - 1 :][-1:]:
        order, through, last_seq = (seen.generation, seen.n), seen.through_seq, seen.last_seq
        lane = known.get(seen.epoch)
        if lane is None or lane.order[0] != order[0] or last_seq < lane.last_seq:
            lanes.append(Lane(seen.epoch, last_seq, through, order, through, (), turn.now))
            continue
        since = turn.now if lane.cursor >= lane.last_seq else lane.since_ms
        cursor = max(lane.cursor, through)
        lanes.append(lane._replace(last_seq=last_seq, through=through, order=order, cursor=cursor, since_ms=since))
        kept[seen.epoch] = through
    turn.forget(lambda run: run.last <= kept.get(run.epoch, run.last))
    turn.state.lanes = tuple(lanes)


def _lose(turn: Turn) -> None:
    state = turn.state
    if state.link is Link.DOWN:  # an old connection's last word
        return
    was_up = state.link is Link.UP
    losses = 0 if was_up and turn.now - state.up_ms >= WAITS_MS["stable"] else state.losses
    most = min(WAITS_MS["dial_most"], WAITS_MS["dial"] << min(losses, 10))
    delay = WAITS_MS["dial_least"] + int(turn.chance * (most - WAITS_MS["dial_least"]))
    # what had no PUBACK is sent again; what was received meanwhile is over
    runs = tuple(
        r._replace(stage=Stage.WAITING, due_ms=turn.now) if r.stage in (Stage.FLYING, Stage.SENDING) else r
        for r in state.runs
        if not r.done
    )
    turn.state.link = Link.DOWN
    turn.state.dial_ms = turn.now + delay
    turn.state.losses = losses + 1
    turn.state.runs = runs
    if was_up and losses + 1 == SHORT_CONNECTIONS:
        turn.actions.append(Alarm("short_connections", "another device may use the same name (a cloned card)"))


def _meet(turn: Turn) -> None:
    turn.state.link = Link.UP
    turn.state.up_ms = turn.now
    turn.actions.append(Greet())
    # Receipts may have been lost while we were away: the lowest run of each epoch asks for the current one.
    runs, lowest = turn.state.runs, heads(turn.state.runs)
    turn.set_runs(r._replace(due_ms=turn.now) if r.first == lowest.get(r.epoch) else r for r in runs)


def _published(turn: Turn, token: int, first: int, last: int) -> None:
    run = next((r for r in turn.state.runs if r.token == token), None)
    if run is None:
        return
    flying = run._replace(first=first, last=last, stage=Stage.FLYING, due_ms=turn.wait("puback"), sent_ms=turn.now)
    turn.change(token, lambda _: [flying])
    for lane in turn.state.lanes:
        if lane.epoch == run.epoch and lane.cursor < last:
            turn.set_lane(lane._replace(cursor=last))
    if last < run.last:
        turn.add_run(run.epoch, last + 1, run.last, tries=run.tries)


def _acked(turn: Turn, run: Run) -> list[Run]:
    if run.done:
        return []
    wait = min(WAITS_MS["receipt_most"], WAITS_MS["receipt"] << min(run.tries, 10))
    due = turn.now + int(wait * (0.75 + turn.chance / 2))
    return [run._replace(stage=Stage.SENT, sent_ms=turn.now, due_ms=due, heard=False, listed=False)]


def _go_by(turn: Turn, receipt: Receipt) -> None:
    lane = next((x for x in turn.state.lanes if x.epoch == receipt.epoch), None)
    if lane is None:  # everything of that epoch was received once; a restored centre may want it again
        turn.actions.append(ReadEpochs())
        return
    if lane.order != (0, 0) and receipt.generation > lane.order[0]:
        lane = lane._replace(through=receipt.through_seq, order=receipt.order, cursor=receipt.through_seq, missing=())
        turn.forget(lambda run: run.epoch == receipt.epoch)
        turn.state.poison = tuple(p for p in turn.state.poison if p.epoch != lane.epoch)
    else:
        runs: list[Run] = []
        mine = [r for r in turn.state.runs if r.epoch == lane.epoch]
        newest = max((r.last for r in mine), default=0)
        for run in turn.state.runs:
            runs += after_receipt(run, receipt, run.last == newest) if run.epoch == lane.epoch else [run]
        turn.set_runs(runs)
        cursor = max(lane.cursor, receipt.through_seq)
        lane = lane._replace(through=receipt.through_seq, order=receipt.order, cursor=cursor)
        lane = lane._replace(missing=gaps(lane.through, lane.cursor, receipt.missing, held(turn.state, lane.epoch)))
        _hurry(turn, lane.epoch)
    turn.set_lane(lane)


def _hurry(turn: Turn, epoch: bytes) -> None:
    """The centre is there. What it lacks, and what has had time to arrive, is sent again without waiting any longer."""
    lowest = heads(turn.state.runs)
    long_ago = turn.now - WAITS_MS["receipt"]
    turn.set_runs(
        r._replace(due_ms=turn.now)
        if r.epoch == epoch
        and r.stage is Stage.SENT
        and r.sent_ms <= long_ago
        and (r.listed or r.first == lowest.get(epoch))
        else r
        for r in turn.state.runs
    )


def _expire(turn: Turn) -> None:
    """Waits that are over."""
    late = [r for r in turn.state.runs if r.due_ms <= turn.now and r.stage in (Stage.FLYING, Stage.SENT)]
    if not late:
        return
    lowest = heads(turn.state.runs)
    for run in late:
        if run.stage is Stage.FLYING:
            turn.actions.append(HangUp("no PUBACK"))
            turn.change(run.token, lambda r: [r._replace(due_ms=turn.wait("puback"))])
        elif run.listed or run.first == lowest.get(run.epoch):
            turn.change(run.token, lambda r: _again(turn, r))
        else:
            turn.change(run.token, lambda r: [r._replace(due_ms=turn.wait("receipt"))])


def _again(turn: Turn, run: Run) -> list[Run]:
    """Send a run again; cut it when receipts have passed it by too often."""
    tries = run.tries + run.heard
    if tries < TRIES_BEFORE_CUT:
        return [run._replace(stage=Stage.WAITING, due_ms=turn.now, tries=tries)]
    if run.size > 1 and len(turn.state.runs) >= RUNS_FOR_CUTTING:
        return [run._replace(due_ms=turn.wait("receipt"))]
    return _halves(turn, run._replace(tries=TRIES_BEFORE_CUT - 1))


def _halves(turn: Turn, run: Run) -> list[Run]:
    if run.size == 1:
        aside = Poison(run.epoch, run.first, turn.wait("poison"))
        turn.state.poison = (*turn.state.poison, aside)[-MOST_POISON:]
        turn.actions.append(Alarm("poison", f"{run.epoch.hex()}:{run.first}"))
        return []
    middle = run.first + run.size // 2
    run = run._replace(stage=Stage.WAITING, due_ms=turn.now, heard=False, listed=False)
    return [run._replace(last=middle - 1), run._replace(first=middle, token=turn.draw_token())]
