"""What the agent sends next. PURE: part of sync_agent.agent, whose rules it keeps.

- What waits to be sent again goes first, then the gaps that receipts list, then new records.
- At most 8 batches without a PUBACK, at most 32 runs without a receipt; of 200 records and 64 KiB at most.
- With nothing under way a new record goes at once; otherwise it waits for company, 1 s at most.
"""

from sync_agent.events import Send
from sync_agent.runs import Range, Run, Stage, uncovered
from sync_agent.state import BATCH_BYTES, BATCH_RECORDS, MOST_FLYING, MOST_RUNS, WAITS_MS, State, Turn


def send_next(turn: Turn) -> None:
    """At most one Send a step: its answer brings the next step."""
    stages = [run.stage for run in turn.state.runs]
    if Stage.SENDING in stages or stages.count(Stage.FLYING) >= MOST_FLYING:
        return
    ready = None
    if Stage.WAITING in stages:
        ready = next((r for r in turn.state.runs if r.stage is Stage.WAITING and r.due_ms <= turn.now), None)
    if ready is None and len(stages) < MOST_RUNS:
        ready = _fill_gap(turn) or _new_records(turn)
    if ready is None:
        return
    token = turn.draw_token()
    turn.change(ready.token, lambda r: [r._replace(token=token, stage=Stage.SENDING)])
    limit = min(BATCH_RECORDS, ready.size)
    turn.actions.append(Send(token, ready.epoch, ready.first - 1, limit, BATCH_BYTES))


def _fill_gap(turn: Turn) -> Run | None:
    for lane in turn.state.lanes:
        if lane.missing:
            gap = uncovered(lane.missing, held(turn.state, lane.epoch))
            if gap is not None:
                return turn.add_run(lane.epoch, gap[0], min(gap[1], gap[0] + BATCH_RECORDS - 1))
    return None


def _new_records(turn: Turn) -> Run | None:
    for lane in turn.state.lanes:
        waiting = lane.last_seq - lane.cursor
        alone = not turn.state.runs
        if waiting >= BATCH_RECORDS or (waiting > 0 and (alone or turn.now - lane.since_ms >= WAITS_MS["gather"])):
            last = lane.cursor + min(waiting, BATCH_RECORDS)
            run = turn.add_run(lane.epoch, lane.cursor + 1, last)
            turn.set_lane(lane._replace(cursor=last, since_ms=turn.now))
            return run
    return None


def held(state: State, epoch: bytes) -> list[Range]:
    """The ranges of an epoch that are under way or set aside."""
    under_way = [(r.first, r.last) for r in state.runs if r.epoch == epoch and not r.done]
    return under_way + [(p.seq, p.seq) for p in state.poison if p.epoch == epoch]
