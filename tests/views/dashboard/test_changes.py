from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from support import a_sweep, begin, claimed, end, suggestions
from sweepcli import about
from sweepcli.records import CodeSeen, Progress, RunState
from sweepcli.stores import Store, open_store
from sweepcli.stores.naming import Naming
from sweepcli.views.dashboard import changes, page
from sweepcli.views.dashboard.changes import Changes


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(changes, "FRESH_S", 0.0)  # every look is a new one
    monkeypatch.setattr(changes, "SHARE", float("inf"))
    found = open_store(str(tmp_path))
    begin(found, 300)
    yield found
    found.close()


def test_who_asks_first_gets_all_runs_that_an_agent_has_taken(store: Store) -> None:
    taken = [claimed(store).id for _ in range(2)]
    changed = Changes("s1").since(store, "")
    assert changed.is_full
    assert [run.id for run in changed.runs] == taken


def test_who_asks_again_gets_what_has_changed(store: Store) -> None:
    watched = Changes("s1")
    first = watched.since(store, "")
    run = claimed(store)
    end(store, claimed(store))
    second = watched.since(store, first.cursor)
    third = watched.since(store, second.cursor)

    assert not second.is_full
    assert [(each.number, each.state) for each in second.runs] == [
        (run.number, RunState.RUNNING),
        (2, RunState.FINISHED),
    ]
    assert third.runs == []


def test_what_a_running_run_shows_is_a_change(store: Store) -> None:
    watched = Changes("s1")
    run = claimed(store)
    first = watched.since(store, "")
    before = watched.look(store)
    store.save_progress(run, [], Progress({"loss": 1}, value=None))
    after = watched.look(store)

    assert after > before
    assert [each.summary for each in watched.since(store, first.cursor).runs] == [{"loss": 1}]


def test_nothing_new_is_no_change(store: Store) -> None:
    watched = Changes("s1")
    claimed(store)
    assert len({watched.look(store) for _ in range(3)}) == 1


def test_a_run_that_is_retried_and_ends_between_two_looks_is_a_change(store: Store) -> None:
    watched = Changes("s1")
    run = claimed(store)
    end(store, run, then=RunState.FAILED)
    first = watched.since(store, "")
    store.retry("s1", [store.run(run.id)])
    again = [claimed(store) for _ in range(300)][-1]
    end(store, again, then=RunState.FAILED)

    changed = watched.since(store, first.cursor)

    assert run.id in [each.id for each in changed.runs]


def test_a_run_is_new_once_an_agent_takes_it_and_not_when_it_is_suggested(store: Store) -> None:
    watched = Changes("s1")
    first = watched.since(store, "")
    fresh = [(f"n{id_}", s._replace(key=f"n{id_}")) for id_, s in suggestions(3)]
    store.suggest("s1", fresh, run_cap=None, now=2.0)

    assert watched.since(store, first.cursor).runs == []
    run = claimed(store)
    assert [each.number for each in watched.since(store, first.cursor).runs] == [run.number]


@pytest.mark.parametrize("cursor", ["elsewhere:3", "x", ":", "a:b", "-1"])
def test_a_cursor_of_another_server_gets_everything(store: Store, cursor: str) -> None:
    assert Changes("s1").since(store, cursor).is_full


def test_runs_that_vanish_begin_the_count_anew(store: Store) -> None:
    watched = Changes("s1")
    first = watched.since(store, "")
    store.replace_config("s1", a_sweep().raw, None)

    changed = watched.since(store, first.cursor)

    assert (changed.is_full, changed.runs) == (True, [])


def test_an_exported_page_has_no_runs_that_no_agent_has_taken(store: Store) -> None:
    run = claimed(store)
    whole = page.exported(store, store.sweep("s1"))
    data = json.loads(whole.partition('id="sweepcli-data">')[2].partition("</script>")[0])
    assert data["runs"]["columns"]["id"] == [run.id]
    assert (data["sweep"]["status"], data["sweep"]["note"]) == ("idle", "")


def test_which_code_runs_had_is_a_column_once_it_is_known(store: Store) -> None:
    watched = Changes("s1")
    end(store, claimed(store))
    first = watched.since(store, "")
    seen = CodeSeen("aaaaaaaaaaaa", None, "eeeeeeeeeeee")
    end(store, claimed(store).with_code(seen))

    found = watched.since(store, first.cursor).record()["columns"]
    assert (found["run.code"], found["run.environment"]) == (["aaaaaaaaaaaa"], ["eeeeeeeeeeee"])
    assert "run.code_after" not in found
    assert first.record()["columns"].keys().isdisjoint({"run.code", "code", "environment"})


def test_what_people_say_is_a_change_also_of_a_run_that_is_over(store: Store) -> None:
    watched = Changes("s1")
    run = claimed(store)
    end(store, run)
    first = watched.since(store, "")
    Naming(store.database).say_of_run(run.id, partial(about.named, text="mine"))

    found = watched.since(store, first.cursor)
    assert [each.name for each in found.runs] == ["mine"]
    assert found.record()["columns"]["run.name"] == ["mine"]
    assert first.record()["columns"].keys().isdisjoint({"run.name", "run.notes", "run.tags"})
