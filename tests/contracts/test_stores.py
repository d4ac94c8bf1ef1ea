"""What every store must do; a new one is tested by its line in STORES."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from support import RANDOM, a_sweep, an_agent, an_ending, claimed, end, give_back, suggestions
from sweepcli import stores
from sweepcli.errors import (
    ConfigError,
    IdTaken,
    StoreError,
    StoreGone,
    UnknownRun,
    UnknownSweep,
    WrongState,
)
from sweepcli.records import Attempt, Ending, Goal, Progress, Row, RunState, Suggestion, SweepState
from sweepcli.stores import Store


@pytest.fixture
def store(empty: Store) -> Store:
    """A store with a sweep of three pending runs and one agent."""
    empty.add_sweep(a_sweep())
    empty.add_agent(an_agent())
    assert empty.suggest("s1", suggestions(3), run_cap=None, now=1.0) == 3
    return empty


def test_a_sweep_comes_back_as_it_was_kept(empty: Store) -> None:
    sweep = a_sweep({**RANDOM, "é": [1, 2.5, None, "\n"]})._replace(name="süß")

    empty.add_sweep(sweep)

    assert empty.sweep("s1") == sweep
    assert empty.sweeps(entity="someone") == empty.sweeps(project="things") == [sweep]
    assert empty.sweeps(entity="another") == []


def test_what_is_not_there_is_unknown(empty: Store) -> None:
    with pytest.raises(UnknownSweep, match="'nope'"):
        empty.sweep("nope")
    with pytest.raises(UnknownRun, match="'nope'"):
        empty.run("nope")


def test_a_name_that_no_text_can_be_is_unknown_as_well(empty: Store) -> None:
    with pytest.raises(UnknownSweep, match="udcff"):
        empty.sweep("\udcff")
    with pytest.raises(UnknownRun, match="udcff"):
        empty.run("\udcff")
    assert not empty.has_run("\udcff")


def test_a_store_that_was_opened_to_look_shows_the_same_and_changes_nothing(
    store: Store, address: str
) -> None:
    with closing(stores.open_existing(address, looks=True)) as looking:
        assert looking.runs("s1") == store.runs("s1")
        with pytest.raises(StoreError, match="opened only to look"):
            looking.add_sweep(a_sweep(sweep_id="s2"))
        with pytest.raises(StoreError, match="opened only to look"):
            looking.claim_run("s1", "a1", 1.0)
        assert looking.database.lost() is None
        with looking.database.snapshot():
            assert looking.run("r0").state is RunState.PENDING
            assert claimed(store).id == "r0"
            assert looking.run("r0").state is RunState.PENDING
        looking.database.rest()
        assert looking.run("r0").state is RunState.RUNNING


def test_there_is_nothing_to_look_at_before_a_store_is_made(address: str) -> None:
    assert stores.open_if_there(address, looks=True) is None


def test_an_id_is_given_once_and_a_second_use_changes_nothing(store: Store) -> None:
    with pytest.raises(IdTaken):
        store.add_sweep(a_sweep(RANDOM))
    with pytest.raises(IdTaken):
        store.suggest(
            "s1",
            [("new", Suggestion("8", {})), ("r0", Suggestion("9", {}))],
            run_cap=None,
            now=1.0,
        )

    assert store.sweep("s1") == a_sweep()
    assert [run.id for run in store.runs("s1")] == ["r0", "r1", "r2"]


def test_runs_are_claimed_in_the_order_of_their_suggestion(store: Store) -> None:
    store.suggest("s1", [("a-late-one", Suggestion("-1", {}))], run_cap=None, now=0.0)

    ids = [claimed(store).id for _ in range(4)]

    assert ids == ["r0", "r1", "r2", "a-late-one"]
    assert store.claim_run("s1", "a1", 2.0) is None


def test_a_claimed_run_tells_who_has_it_since_when(store: Store) -> None:
    run = claimed(store)

    assert run == store.run("r0")
    assert (run.state, run.attempt, run.agent_id, run.started_at) == ("running", 1, "a1", 2.0)
    assert [(held, agent.id) for held, agent in store.running("s1")] == [(run, "a1")]
    assert store.attempts("r0") == [Attempt("r0", 1, "a1", RunState.RUNNING, 2.0, host="elsewhere")]


def test_the_first_claim_sets_a_pending_sweep_running(store: Store) -> None:
    assert store.sweep("s1").state == SweepState.PENDING
    claimed(store)
    assert store.sweep("s1").state == SweepState.RUNNING


@pytest.mark.parametrize("state", ["paused", "finished", "canceled"])
def test_a_sweep_that_is_not_open_hands_out_nothing(store: Store, state: str) -> None:
    store.set_state("s1", SweepState(state), allowed=list(SweepState))
    assert store.claim_run("s1", "a1", 2.0) is None
    assert store.counts("s1") == {RunState.PENDING: 3}


def test_the_state_changes_from_allowed_ones_alone(store: Store) -> None:
    allowed = [SweepState.PENDING]

    assert store.set_state("s1", SweepState.CANCELED, allowed=allowed) is SweepState.PENDING
    assert store.set_state("s1", SweepState.CANCELED, allowed=allowed) is SweepState.CANCELED
    with pytest.raises(WrongState, match="already canceled"):
        store.set_state("s1", SweepState.PAUSED, allowed=allowed)

    assert store.sweep("s1").state is SweepState.CANCELED


def test_two_sweeps_keep_their_keys_and_runs_apart(store: Store) -> None:
    store.add_sweep(a_sweep(sweep_id="s2"))

    assert store.suggest("s2", suggestions(2, "other"), run_cap=None, now=1.0) == 2

    assert [store.run(i).number for i in ("r0", "other0", "other1")] == [1, 1, 2]
    assert [run.id for run in store.runs("s2")] == ["other0", "other1"]


def test_a_key_is_suggested_once(store: Store) -> None:
    again = [("new", Suggestion("1", {"x": "another"})), ("more", Suggestion("3", {}))]

    assert store.suggest("s1", again, run_cap=None, now=1.0) == 1

    assert [(run.number, run.key) for run in store.runs("s1")] == [
        *((1, "0"), (2, "1"), (3, "2"), (4, "3")),
    ]
    assert store.run("r1").params == {"x": 1}


def test_suggestions_beyond_the_cap_are_left_out(store: Store) -> None:
    more = [(f"new{i}", Suggestion(f"new{i}", {})) for i in range(9)]

    assert store.suggest("s1", more, run_cap=5, now=1.0) == 2
    assert store.suggest("s1", more, run_cap=5, now=1.0) == 0

    assert store.number_of_runs("s1") == 5


def test_a_finished_run_has_its_rows_summary_and_value(store: Store) -> None:
    run = claimed(store)
    rows = [Row(0, 0, 1.5, {"loss": 2.0}), Row(1, 7, None, {"loss": float("inf"), "é": [1]})]
    shown = Progress({"loss": 2.0}, 2.0, 0)

    assert end(
        store, run, Ending(RunState.FAILED, 3, "exit code 3", 9.0), rows=rows, progress=shown
    )

    ended = store.run("r0")
    assert (ended.state, ended.exit_code, ended.reason) == ("failed", 3, "exit code 3")
    assert (ended.summary, ended.value, ended.value_step) == ({"loss": 2.0}, 2.0, 0)
    assert store.history("r0", 1) == rows
    assert store.attempts("r0")[0].ended_at == ended.ended_at == 9.0


def test_progress_is_seen_before_the_run_ends_and_lines_count_once(store: Store) -> None:
    run = claimed(store)
    rows = [Row(0, 0, None, {"a": 1})]

    assert store.save_progress(run, rows, Progress({"a": 1}))
    assert store.save_progress(run, rows, Progress({"a": 1}, 1.0, 0))

    assert store.history("r0", 1) == rows
    assert (store.run("r0").state, store.run("r0").value) == ("running", 1.0)


def test_what_several_attempts_logged_beyond_a_line_is_read_at_once(store: Store) -> None:
    first = claimed(store)
    lines = [Row(n, n, None, {"a": n}) for n in (0, 1, 2)]
    give_back(store, first)
    second, other = claimed(store), claimed(store)
    for run, rows in ((first, lines[:2]), (second, lines), (other, lines[:1])):
        store.save_progress(run, rows, Progress())

    found = store.logged_after([("r1", 1, -1), ("r0", 2, 1), ("r0", 1, 0), ("none", 1, -1)])

    assert found == [("r0", 1, lines[1]), ("r0", 2, lines[2]), ("r1", 1, lines[0])]
    assert store.logged_after([]) == []


def test_a_run_that_is_given_back_is_claimed_again_with_its_id(store: Store) -> None:
    first = claimed(store)

    assert give_back(store, first)
    assert store.run("r0").state == "preempted"
    second = claimed(store)

    assert (second.id, second.attempt) == ("r0", 2)
    assert (second.ended_at, second.exit_code, second.reason) == (None, None, None)
    assert [attempt.state for attempt in store.attempts("r0")] == ["crashed", "running"]


def test_a_late_writer_of_an_old_attempt_changes_nothing_but_its_own_history(
    store: Store,
) -> None:
    first = claimed(store)
    give_back(store, first)
    second = claimed(store)
    before = store.attempts("r0")
    rows, shown = [Row(0, 0, None, {"late": 1})], Progress({"late": 1}, 1.0, 0)

    assert not store.save_progress(first, rows, shown)
    assert not end(store, first, rows=rows, progress=shown)
    assert not end(store, first, an_ending(RunState.CRASHED)._replace(at=8.0))

    assert store.run("r0") == second
    assert store.attempts("r0") == before
    assert (store.history("r0", 1), store.history("r0", 2)) == (rows, [])


def test_a_sweep_is_removed_with_all_that_belongs_to_it_and_to_no_other(store: Store) -> None:
    end(store, claimed(store), rows=[Row(0, 0, None, {"a": 1})])
    store.add_sweep(a_sweep(sweep_id="s2"))
    store.suggest("s2", suggestions(2, "o"), run_cap=None, now=1.0)
    other = store.claim_run("s2", "a1", 2.0)
    assert other is not None
    end(store, other, rows=[Row(0, 0, None, {"a": 2})])

    store.remove_sweep("s1", also=lambda: None)

    assert [sweep.id for sweep in store.sweeps()] == ["s2"]
    assert not store.has_run("r0")
    for table in ("attempts", "history"):
        assert store.database.rows(f"SELECT DISTINCT run_id FROM {table}") == [("o0",)]  # noqa: S608 -- ours
    with pytest.raises(UnknownSweep):
        store.remove_sweep("s1", also=lambda: None)


def test_a_sweep_whose_removal_is_refused_at_the_last_look_is_as_it_was(store: Store) -> None:
    before = store.runs("s1")

    def refuse() -> None:
        raise WrongState("an agent has come")

    with pytest.raises(WrongState, match="an agent has come"):
        store.remove_sweep("s1", also=refuse)

    assert (store.has_sweep("s1"), store.runs("s1")) == (True, before)


def test_whoever_is_late_for_a_removed_sweep_is_told_so(store: Store) -> None:
    run, rows = claimed(store), [Row(0, 0, None, {"a": 1})]
    store.remove_sweep("s1", also=lambda: None)

    with pytest.raises(StoreGone, match=r"was removed \(`sweep rm`\)"):
        store.save_progress(run, rows, Progress())
    with pytest.raises(StoreGone):
        end(store, run)
    with pytest.raises(StoreGone):
        store.suggest("s1", suggestions(1), run_cap=None, now=1.0)
    assert store.claim_run("s1", "a1", 3.0) is None


def test_what_is_told_again_since_the_answer_was_lost_is_done_already(store: Store) -> None:
    run, rows = claimed(store), [Row(0, 0, None, {"a": 1})]
    store.add_agent(an_agent())
    for _ in range(2):
        assert store.save_progress(run, rows, Progress({"a": 1}))
    [(agent, *_)] = store.agents("s1")

    for _ in range(2):
        assert end(store, run, rows=rows, progress=Progress({"a": 1}))

    assert store.agents("s1") == [(agent, 0, 1)]
    assert store.history("r0", 1) == rows
    assert [each.state for each in store.attempts("r0")] == [RunState.FINISHED]


def test_a_finished_run_is_not_finished_or_given_back_again(store: Store) -> None:
    run = claimed(store)
    end(store, run, progress=Progress({"a": 1}))
    before = store.run("r0")

    assert not end(store, run, an_ending(RunState.KILLED, -9))
    assert not give_back(store, run)

    assert store.run("r0") == before


def test_a_sweep_is_finished_once_none_of_its_runs_is_open(store: Store) -> None:
    for _ in range(3):
        assert not store.finish_if_done("s1")
        run = claimed(store)
        assert not store.finish_if_done("s1")
        end(store, run)

    assert store.finish_if_done("s1")
    assert store.sweep("s1").state is SweepState.FINISHED


def test_a_canceled_sweep_stays_canceled_when_its_runs_are_done(empty: Store) -> None:
    empty.add_sweep(a_sweep())
    empty.set_state("s1", SweepState.CANCELED, allowed=list(SweepState))

    assert empty.finish_if_done("s1")

    assert empty.sweep("s1").state is SweepState.CANCELED


def test_a_config_is_replaced_before_the_first_start_and_drops_pending_runs(store: Store) -> None:
    store.replace_config("s1", RANDOM, "renamed")

    assert store.sweep("s1") == a_sweep(RANDOM)._replace(name="renamed")
    assert store.runs("s1") == []
    assert store.suggest("s1", suggestions(2, "new"), run_cap=None, now=1.0) == 2


def test_a_config_is_fixed_once_a_run_has_started(store: Store) -> None:
    give_back(store, claimed(store))

    with pytest.raises(WrongState, match="create a new sweep"):
        store.replace_config("s1", RANDOM, None)
    with pytest.raises(UnknownSweep):
        store.replace_config("nope", RANDOM, None)

    assert store.sweep("s1").raw == a_sweep().raw
    assert store.number_of_runs("s1") == 3


def test_a_config_that_cannot_be_read_is_told_where_it_is_asked_for_alone(empty: Store) -> None:
    newer = {**RANDOM, "parameters": {"x": {"distribution": "of_tomorrow", "min": 1}}}
    empty.add_sweep(a_sweep())
    empty.replace_config("s1", newer, None)

    empty.set_state("s1", SweepState.CANCELED, allowed=list(SweepState))

    [sweep] = empty.sweeps()
    assert (sweep.raw, sweep.state) == (newer, SweepState.CANCELED)
    with pytest.raises(ConfigError, match=r"sweep someone/things/s1: .*parameters\.x.*upgrade"):
        _ = sweep.config.method


def test_the_best_run_is_the_earliest_of_the_best_in_the_asked_direction(store: Store) -> None:
    assert store.best_run("s1", Goal.MAXIMIZE) is None
    for value in (1.0, None, 1.0):
        end(store, claimed(store), progress=Progress({}, value))
    store.suggest("s1", [("last", Suggestion("last", {}))], run_cap=None, now=1.0)
    end(store, claimed(store), progress=Progress({}, -2.0))

    best = [store.best_run("s1", goal) for goal in (Goal.MAXIMIZE, Goal.MINIMIZE)]

    assert [run and run.id for run in best] == ["r0", "last"]


def test_a_running_run_is_not_the_best_of_those_that_ended(store: Store) -> None:
    end(store, claimed(store), progress=Progress({}, 3.0))
    store.save_progress(claimed(store), [], Progress({}, 1.0))

    best = [store.best_run("s1", Goal.MINIMIZE, ended=ended) for ended in (False, True)]

    assert [run and run.value for run in best] == [1.0, 3.0]


def test_a_heartbeat_and_an_end_are_seen_with_the_run(store: Store) -> None:
    claimed(store)

    store.heartbeat("a1", 5.0)
    store.end_agent("a1", 6.0)

    [(_, agent)] = store.running("s1")
    assert (agent.heartbeat_at, agent.ended_at) == (5.0, 6.0)


def test_counts_leave_out_states_without_runs(store: Store) -> None:
    claimed(store)
    assert store.counts("s1") == {RunState.PENDING: 2, RunState.RUNNING: 1}
    assert store.counts("nope") == {}


def test_many_suggestions_are_added_together_or_not_at_all(store: Store) -> None:
    many = [(f"new{i}", Suggestion(f"new{i}", {})) for i in range(1000)]

    with pytest.raises(IdTaken):
        store.suggest("s1", [*many, ("r0", Suggestion("clash", {}))], run_cap=None, now=1.0)
    assert store.number_of_runs("s1") == 3

    assert store.suggest("s1", many, run_cap=None, now=1.0) == 1000


def test_what_was_taken_from_its_agent_comes_first_and_what_is_retried_last(store: Store) -> None:
    failed, preempted = claimed(store), claimed(store)
    end(store, failed, an_ending(RunState.FAILED, 1), then=RunState.PENDING)
    give_back(store, preempted)

    order = [claimed(store).id for _ in range(3)]

    assert order == ["r1", "r2", "r0"]
    assert store.claim_run("s1", "a1", 2.0) is None


def test_a_sweep_with_a_preempted_run_is_not_done(store: Store) -> None:
    runs = [claimed(store) for _ in range(3)]
    for run in runs[1:]:
        end(store, run)
    give_back(store, runs[0])

    assert not store.finish_if_done("s1")


def test_the_last_lines_of_an_attempt_are_kept_with_its_host(store: Store) -> None:
    end(store, claimed(store), Ending(RunState.FAILED, 1, "exit code 1", 9.0, "a\nboom\n"))
    [attempt] = store.attempts("r0")
    assert (attempt.output, attempt.host, attempt.exit_code) == ("a\nboom\n", "elsewhere", 1)


def test_failures_are_told_with_params_and_ends_the_newest_first(store: Store) -> None:
    first = Ending(RunState.FAILED, 1, "exit code 1", 9.0, "boom")
    for ending in (first, an_ending(), Ending(RunState.CRASHED, -9, None, 10.0)):
        end(store, claimed(store), ending)

    assert store.failures("s1", 9) == [
        ("r2", {"x": 2}, Ending(RunState.CRASHED, -9, None, 10.0)),
        ("r0", {"x": 0}, first),
    ]
    assert len(store.failures("s1", 1)) == 1


def test_a_retried_run_is_taken_again_and_its_sweep_open(store: Store) -> None:
    for _ in range(3):
        end(store, claimed(store), an_ending(RunState.FAILED, 1))
    store.finish_if_done("s1")
    first, second, _ = store.runs("s1")

    assert store.retry("s1", [first, second._replace(state=RunState.KILLED)]) == [first]
    assert store.retry("s1", [first]) == []

    assert store.sweep("s1").state is SweepState.RUNNING
    again = claimed(store)
    assert (again.id, again.attempt) == ("r0", 2)


def test_what_a_caller_does_before_a_change_of_state_can_prevent_it(store: Store) -> None:
    end(store, claimed(store), an_ending(RunState.FAILED, 1))
    before = (store.sweep("s1"), store.runs("s1"))
    called = []

    def fail(*given: object) -> None:
        called.append(given)
        raise OSError

    changes: list[Callable[[], object]] = [
        lambda: store.set_state("s1", SweepState.CANCELED, allowed=list(SweepState), also=fail),
        lambda: store.retry("s1", before[1][:1], also=fail),
        lambda: store.give_back_failed(before[1][:1], also=fail),
    ]
    for change in changes:
        with pytest.raises(OSError, match=r"^$"):
            change()
        assert (store.sweep("s1"), store.runs("s1")) == before

    assert called == [(SweepState.CANCELED,), (before[1][:1],), (before[1][:1],)]


def test_a_sweep_finishes_and_gets_another_config_only_after_the_caller_has_noted_it(
    empty: Store,
) -> None:
    empty.add_sweep(a_sweep())

    def fail(*_: object) -> None:
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        empty.replace_config("s1", RANDOM, "renamed", also=fail)
    with pytest.raises(OSError, match=r"^$"):
        empty.finish_if_done("s1", also=fail)

    assert empty.sweep("s1") == a_sweep()


def test_a_paused_sweep_stays_paused_when_runs_are_retried(store: Store) -> None:
    end(store, claimed(store), an_ending(RunState.FAILED, 1))
    store.set_state("s1", SweepState.PAUSED, allowed=list(SweepState))

    assert store.retry("s1", store.runs("s1")[:1])

    assert store.sweep("s1").state is SweepState.PAUSED


def test_endings_count_from_the_last_retry_on(store: Store) -> None:
    for _ in range(2):
        run = claimed(store)
        end(store, run, an_ending(RunState.CRASHED, -9), then=RunState.PREEMPTED)
    third = claimed(store)
    assert store.endings(third) == {RunState.CRASHED: 2}

    end(store, third, an_ending(RunState.FAILED, 1))
    assert store.endings(third) == {RunState.CRASHED: 2}  # its own does not count

    store.retry("s1", [store.run("r0")])
    assert store.endings(claimed(store)) == {}


def test_a_failed_run_is_given_back_unless_it_failed_elsewhere_too(store: Store) -> None:
    run = claimed(store)
    end(store, run, an_ending(RunState.FAILED, 1))

    assert store.give_back_failed([run]) == [run]
    assert store.give_back_failed([run]) == []
    assert store.run("r0").state is RunState.PENDING

    store.add_agent(an_agent("a2"))
    for _ in range(2):
        end(store, claimed(store, "a2"))
    again = claimed(store, "a2")
    end(store, again, an_ending(RunState.FAILED, 1))
    assert again.id == "r0"
    assert store.give_back_failed([again]) == []


@pytest.mark.parametrize("state", [SweepState.FINISHED, SweepState.CANCELED])
def test_nothing_is_given_back_to_a_sweep_that_is_over(store: Store, state: SweepState) -> None:
    run = claimed(store)
    end(store, run, an_ending(RunState.FAILED, 1))
    store.set_state("s1", state, allowed=list(SweepState))

    assert store.give_back_failed([run]) == []


def test_an_attempt_holds_its_run_until_it_is_ended_or_taken_away(store: Store) -> None:
    first = claimed(store)
    assert store.holds(first)

    give_back(store, first)
    assert not store.holds(first)
    second = claimed(store)

    assert (store.holds(first), store.holds(second)) == (False, True)


def test_no_method_of_a_part_hides_that_of_another() -> None:
    names = [name for part in Store.__bases__ for name in vars(part) if not name.startswith("__")]
    assert len(names) == len(set(names))


def test_sweeps_are_listed_from_the_newest_on(empty: Store) -> None:
    for number, sweep_id in enumerate(("b", "a", "c")):
        empty.add_sweep(a_sweep(sweep_id=sweep_id)._replace(created_at=float(number // 2)))

    assert [sweep_id for _, _, sweep_id in empty.newest_first()] == ["c", "b", "a"]
    assert empty.newest_first(entity="another") == []
    assert empty.newest_first(project="things")[0] == ("someone", "things", "c")


def test_sweeps_are_found_by_the_beginning_of_their_ids_or_their_names(empty: Store) -> None:
    for sweep_id, name in (("ab12", None), ("abz9", "a%"), ("ac00", "ab")):
        empty.add_sweep(a_sweep(sweep_id=sweep_id)._replace(name=name))

    def found(text: str) -> list[str]:
        return [sweep.id for sweep in empty.sweeps_like(text, (text, "other"))]

    assert [found("ab"), found("a%"), found("ab1"), found("b"), found("A")] == [
        ["ab12", "abz9", "ac00"],
        ["abz9"],
        ["ab12"],
        [],
        [],
    ]


def test_runs_are_found_by_the_beginning_of_their_ids(store: Store) -> None:
    store.add_sweep(a_sweep(sweep_id="s2")._replace(entity="me", project="demo"))
    ids = ("r0000000", "rz99zzzz", "rzzzzzzz", "s0000000", "q%_00000")
    store.suggest("s2", [(i, Suggestion(i, {})) for i in ids], run_cap=None, now=1.0)

    def found(text: str, most: int = 9, **parts: str) -> list[str]:
        return [run.id for run in store.runs_like(text, most, **parts)]

    assert found("r0") == ["r0", "r0000000"]
    assert found("rz") == ["rz99zzzz", "rzzzzzzz"]
    assert found("r", sweep_id="s1") == ["r0", "r1", "r2"]
    assert found("r", entity="me") == found("r", project="demo") == [*ids[:3]]
    assert found("r", 2) == ["r0", "r0000000"]
    assert found("%") == found("r_") == found("R") == []
