"""What every store must do with the words of scripts and of people, who speak at the same time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from store_clients import in_processes
from support import a_sweep, an_agent, claimed, end, suggestions
from sweepcli import about
from sweepcli.errors import StoreUnavailable, UnknownRun, UnknownSweep
from sweepcli.records import Progress, Run
from sweepcli.stores import Store
from sweepcli.stores.naming import Naming

OF_SCRIPT = Progress({}, name="of the script", notes="its notes", tags=("base", "é"))


@pytest.fixture
def store(empty: Store) -> Store:
    empty.add_sweep(a_sweep())
    empty.add_agent(an_agent())
    empty.suggest("s1", suggestions(3), run_cap=None, now=1.0)
    return empty


def words(run: Run) -> tuple[str | None, str | None, tuple[str, ...]]:
    return run.name, run.notes, run.tags


def test_a_run_has_the_words_of_its_script(store: Store) -> None:
    run = claimed(store)
    assert store.save_progress(run, [], OF_SCRIPT)
    assert words(store.run(run.id)) == ("of the script", "its notes", ("base", "é"))

    assert end(store, run, progress=OF_SCRIPT._replace(name=None, tags=()))
    assert words(store.run(run.id)) == (None, "its notes", ())


def test_the_words_of_people_count_whatever_an_agent_saves_then(store: Store) -> None:
    run = claimed(store)
    assert Naming(store.database).say_of_run(run.id, partial(about.named, text="mine"))
    assert Naming(store.database).say_of_run(run.id, partial(about.tagged, tags=["keep"]))
    assert Naming(store.database).say_of_run(
        run.id, partial(about.tagged, tags=["base"], are_removed=True)
    )
    assert store.save_progress(run, [], OF_SCRIPT)

    assert words(store.run(run.id)) == ("mine", "its notes", ("é", "keep"))
    [(running, _)] = store.running("s1")
    assert words(running) == ("mine", "its notes", ("é", "keep"))
    assert end(store, run, progress=running.progress)
    assert Naming(store.database).say_of_run(run.id, partial(about.tagged, tags=["base"]))
    assert Naming(store.database).say_of_run(run.id, partial(about.named, text=""))
    assert words(store.run(run.id)) == (None, "its notes", ("é", "keep", "base"))


def test_the_same_words_again_are_no_change(store: Store) -> None:
    change = partial(about.noted, text="x")
    heard: list[about.About] = []

    assert Naming(store.database).say_of_run("r0", change, also=heard.append)
    assert not Naming(store.database).say_of_run("r0", change, also=heard.append)
    assert Naming(store.database).say_of_sweep("s1", change, also=heard.append)
    assert not Naming(store.database).say_of_sweep("s1", change, also=heard.append)
    assert heard == [{"notes": "x"}] * 4


def test_what_cannot_be_written_beside_is_not_said(store: Store) -> None:
    def full(_said: about.About) -> None:
        raise StoreUnavailable("no room")

    for say, of in (
        (Naming(store.database).say_of_run, "r0"),
        (Naming(store.database).say_of_sweep, "s1"),
    ):
        with pytest.raises(StoreUnavailable):
            say(of, partial(about.named, text="x"), also=full)
    assert (store.run("r0").name, store.sweep("s1").name) == (None, None)


def test_a_sweep_has_the_words_of_its_config_unless_people_say_otherwise(empty: Store) -> None:
    config = {"method": "random", "parameters": {}, "description": "of the config"}
    empty.add_sweep(a_sweep(config)._replace(name="its name"))
    assert (empty.sweep("s1").name, empty.sweep("s1").notes) == ("its name", "of the config")

    Naming(empty.database).say_of_sweep("s1", partial(about.noted, text=""))
    Naming(empty.database).say_of_sweep("s1", partial(about.named, text="mine"))
    empty.replace_config("s1", {**config, "name": "other"}, "other")

    found = empty.sweep("s1")
    assert (found.name, found.notes, found.tags) == ("mine", None, ())
    assert [each.id for each in empty.sweeps_like("mine", ("mine",))] == ["s1"]
    assert empty.sweeps_like("other", ("other",)) == []


def test_runs_are_found_by_the_names_that_count(store: Store) -> None:
    for run_id, name in (("r0", "same"), ("r1", "same"), ("r2", "other")):
        run = claimed(store)
        assert run.id == run_id
        end(store, run, progress=OF_SCRIPT._replace(name=name))
    Naming(store.database).say_of_run("r1", partial(about.named, text="mine"))
    Naming(store.database).say_of_run("r2", partial(about.named, text="same"))

    def found(*names: str, most: int = 9, **where: str) -> list[str]:
        return [run.id for run in Naming(store.database).runs_named(names, most, **where)]

    assert (found("same"), found("mine"), found("other")) == (["r0", "r2"], ["r1"], [])
    assert found("same", "mine", most=2) == ["r0", "r1"]
    assert found("same", sweep_id="s1", project=store.sweep("s1").project) == ["r0", "r2"]
    assert found("same", sweep_id="s2") == found("same", entity="nobody") == []


def test_what_is_gone_cannot_be_named(store: Store) -> None:
    with pytest.raises(UnknownRun, match="no run 'r9'"):
        Naming(store.database).say_of_run("r9", partial(about.named, text="x"))
    with pytest.raises(UnknownSweep, match="no sweep 's9'"):
        Naming(store.database).say_of_sweep("s9", partial(about.named, text="x"))


def tag(connect: Callable[[], Store], index: int, together: Callable[[], object]) -> list[str]:
    """Add ten tags of one's own to a run and to its sweep."""
    store = connect()
    together()
    for number in range(10):
        change = partial(about.tagged, tags=[f"{index}-{number}"])
        assert Naming(store.database).say_of_run("r0", change)
        assert Naming(store.database).say_of_sweep("s1", change)
    store.close()
    return []


def test_people_who_tag_at_the_same_time_lose_no_tag(address: str, store: Store) -> None:
    in_processes(2, tag, address)

    expected = sorted(f"{index}-{number}" for index in range(2) for number in range(10))
    assert sorted(store.run("r0").tags) == sorted(store.sweep("s1").tags) == expected
