"""Sweeps and runs that are named without their whole ids."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import a_sweep, an_agent, suggestions
from sweepcli import stores
from sweepcli.errors import UnknownRun, UnknownSweep, UsageError
from sweepcli.records import Run, Sweep
from sweepcli.stores import Store
from sweepcli.stores.location import Location
from sweepcli.sweeps import path as sweep_path
from sweepcli.sweeps.references import References

OLD, NEW, OTHER = (
    a_sweep(sweep_id="abcd1234")._replace(name="first", created_at=1.0),
    a_sweep(sweep_id="abxy5678")._replace(name="wide net", created_at=2.0),
    a_sweep(sweep_id="q1234567")._replace(entity="me", project="demo", created_at=1.5),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with three sweeps, of which the second is the newest; two have runs."""
    opened = stores.open_store(str(tmp_path / "sweep-results"))
    for sweep in (OLD, NEW, OTHER):
        opened.add_sweep(sweep)
    opened.add_agent(an_agent())
    opened.suggest(OLD.id, suggestions(2, "old"), run_cap=None, now=1.0)
    opened.suggest(NEW.id, suggestions(13, "new"), run_cap=None, now=1.0)
    with opened.database.transaction():
        opened.database.change("UPDATE runs SET number = 1200 WHERE id = 'new12'")
    yield opened
    opened.close()


@pytest.fixture
def known(store: Store, tmp_path: Path) -> References:
    return References(store, Location(str(tmp_path / "sweep-results")))


def found(known: References, text: str, **parts: str) -> Sweep:
    """Return the sweep that a text names."""
    return known.sweep(sweep_path.parse(text), **parts)


@pytest.mark.parametrize(
    ("text", "sweep"),
    [
        ("abcd1234", OLD),
        ("someone/things/abcd1234", OLD),
        ("abc", OLD),
        ("abx", NEW),
        ("q", OTHER),
        ("first", OLD),
        ("things/first", OLD),
        ("wide net", NEW),
        ("latest", NEW),
        ("demo/latest", OTHER),
        ("me/demo/latest", OTHER),
        ("demo/q", OTHER),
        (" abc\n", OLD),
    ],
)
def test_a_sweep_is_found_by(text: str, sweep: Sweep, known: References) -> None:
    assert found(known, text) == sweep


@pytest.mark.parametrize("text", ["demo/abc", "no/first", "bcd", "ABC", "ab_", "%", "no/latest"])
def test_no_sweep_is_found_by(text: str, known: References) -> None:
    with pytest.raises(UnknownSweep):
        found(known, text)


def test_options_of_the_command_restrict_what_is_meant(known: References) -> None:
    assert found(known, "latest", project="demo") == OTHER
    assert known.newest(entity="me") == OTHER
    with pytest.raises(UnknownSweep):
        found(known, "abc", project="demo")


def test_what_fits_several_sweeps_is_told(known: References) -> None:
    with pytest.raises(UsageError) as error:
        found(known, "ab")

    assert str(error.value).splitlines() == [
        "'ab' may mean any of these:",
        "  sweep someone/things/abcd1234 (first)",
        "  sweep someone/things/abxy5678 (wide net)",
    ]


def test_a_name_that_two_sweeps_have_is_told(store: Store, known: References) -> None:
    store.add_sweep(a_sweep(sweep_id="z1")._replace(name="first"))
    with pytest.raises(UsageError, match="may mean any of these"):
        found(known, "first")


def test_a_whole_id_is_taken_though_it_also_begins_another(store: Store, known: References) -> None:
    store.add_sweep(a_sweep(sweep_id="abcd"))
    assert found(known, "abcd").id == "abcd"


def test_a_sweep_that_is_called_latest_makes_it_unclear(store: Store, known: References) -> None:
    store.add_sweep(a_sweep(sweep_id="z1")._replace(name="latest", created_at=0.0))
    with pytest.raises(UsageError, match="may mean any of these"):
        found(known, "latest")


def test_a_name_may_have_a_slash(store: Store, known: References) -> None:
    store.add_sweep(a_sweep(sweep_id="z1")._replace(name="wide/net"))
    assert found(known, "wide/net").id == "z1"


@pytest.mark.parametrize("text", ["abc", "first", "latest", "demo/abcd1234"])
def test_where_a_whole_id_is_needed_nothing_else_is_taken(text: str, known: References) -> None:
    with pytest.raises(UnknownSweep, match="did you mean someone/things/ab"):
        known.whole(sweep_path.parse(text))


def test_a_whole_id_is_enough_for_what_cannot_be_undone(known: References) -> None:
    assert known.whole(sweep_path.parse("abcd1234")) == OLD
    with pytest.raises(UnknownSweep, match="`sweep ls` shows all"):
        known.whole(sweep_path.parse("nope"))


def test_the_newest_sweep_is_told_once(
    known: References, capsys: pytest.CaptureFixture[str]
) -> None:
    assert known.newest() == found(known, "latest") == NEW
    assert known.run("12").sweep_id == NEW.id
    assert capsys.readouterr().err == (
        "sweepcli: The newest sweep: someone/things/abxy5678 (wide net)\n"
    )


def test_of_sweeps_made_at_once_the_newest_is_the_last_by_id(
    store: Store, known: References
) -> None:
    store.add_sweep(a_sweep(sweep_id="abya0000")._replace(created_at=NEW.created_at))
    assert known.newest().id == "abya0000"


def test_a_store_without_sweeps_has_no_newest(tmp_path: Path) -> None:
    location = Location(str(tmp_path))
    store = stores.open_store(location.results)
    with pytest.raises(UnknownSweep, match=r"no sweeps in .*; make one"):
        References(store, location).newest()
    store.close()


def test_of_a_server_s_sweeps_the_newest_of_this_folder_has_its_record_here(
    store: Store, tmp_path: Path
) -> None:
    known = References(store, Location(str(tmp_path), "postgresql://db/sweeps"))
    with pytest.raises(UnknownSweep, match=r"no sweep of postgresql://db/sweeps has its record in"):
        known.newest()

    os.makedirs(tmp_path / "someone/things/abcd1234")
    (tmp_path / "someone/things/abcd1234/sweep.yaml").touch()

    assert (known.newest(), found(known, "latest")) == (OLD, OLD)


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("new0", "new0"),  # an exact id, though others begin so
        ("old1", "old1"),
        ("12", "new11"),
        ("#12", "new11"),
        ("abcd1234#2", "old1"),
        ("first#2", "old1"),
        ("things/first#2", "old1"),
        ("latest#1200", "new12"),
        ("1200", "new12"),
        ("latest", "new0"),
        ("things/latest", "new0"),
    ],
)
def test_a_run_is_found_by(text: str, run: str, store: Store, known: References) -> None:
    assert store.claim_run(NEW.id, "a1", 5.0)
    assert known.run(text).id == run


@pytest.mark.parametrize(
    "text",
    ["latest", "nope", "0", "#1501", "9" * 40, "first#3", "demo/old", "demo/latest", "old1#1"],
)
def test_no_run_is_found_by(text: str, known: References) -> None:
    with pytest.raises((UnknownRun, UnknownSweep)):
        known.run(text)


def test_beside_a_sweep_its_own_runs_are_meant(known: References) -> None:
    assert known.run("2", of=OLD).id == "old1"
    assert known.run("#2", of=OLD).id == "old1"
    assert known.run("old1", of=NEW).id == "old1"  # the caller says what is wrong with it
    with pytest.raises(UnknownRun, match="no run '3' in sweep someone/things/abcd1234"):
        known.run("3", of=OLD)
    with pytest.raises(UnknownRun, match="no run 'old' in sweep someone/things/abxy5678"):
        known.run("old", of=NEW)


def test_what_fits_several_runs_is_told_with_their_numbers(known: References) -> None:
    with pytest.raises(UsageError) as few:
        known.run("old")
    with pytest.raises(UsageError) as many:
        known.run("new")

    assert str(few.value).splitlines()[1:] == [
        "  run old0 (number 1 of someone/things/abcd1234 (first))",
        "  run old1 (number 2 of someone/things/abcd1234 (first))",
    ]
    assert len(str(many.value).splitlines()) == 12
    assert str(many.value).endswith("and more")


def test_few_digits_are_a_number_and_many_may_begin_an_id_as_well(store: Store) -> None:
    store.suggest(OLD.id, [("1200wxyz", suggestions(9)[8][1])], run_cap=None, now=1.0)
    known = References(store, Location("/nowhere"))
    assert known.run("12").id == "new11"
    with pytest.raises(UsageError, match=r"run new12 \(number 1200 .*\n.*run 1200wxyz"):
        known.run("1200")
    assert known.run("1200w").id == "1200wxyz"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcd1234", OLD.id),
        ("abc", OLD.id),
        ("first", OLD.id),
        ("latest", NEW.id),
        ("old1", "old1"),
        ("3", "new2"),
        ("#3", "new2"),
        ("first#1", "old0"),
        ("q123", OTHER.id),
    ],
)
def test_where_both_may_be_named_either_is_found(
    text: str, expected: str, known: References
) -> None:
    target = known.target(text)
    assert isinstance(target, Run if expected[:3] in ("old", "new") else Sweep)
    assert target.id == expected


def test_what_fits_a_sweep_and_a_run_is_told(store: Store, known: References) -> None:
    store.suggest(OLD.id, [("abcrun00", suggestions(9)[8][1])], run_cap=None, now=1.0)
    with pytest.raises(UsageError, match=r"sweep .*abcd1234 \(first\)\n  run abcrun00"):
        known.target("abc")
    with pytest.raises(UnknownSweep, match="no sweep 'nope'"):
        known.target("nope")


def test_a_run_in_the_place_of_a_sweep_is_told_and_the_other_way_round(known: References) -> None:
    with pytest.raises(UnknownSweep, match="'old1' is a run of sweep someone/things/abcd1234"):
        found(known, "old1")
    with pytest.raises(UnknownRun, match="'things/abcd1234' is a sweep: name a run of it"):
        known.run("things/abcd1234")


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_text_is_explained_by_a_variable(text: str, known: References) -> None:
    for call in (known.run, known.target, sweep_path.parse):
        with pytest.raises(UsageError, match="is empty; is a shell variable not set"):
            call(text)


def test_a_number_is_that_of_the_newest_sweep_though_it_has_no_runs_yet(
    store: Store, known: References
) -> None:
    store.add_sweep(a_sweep(sweep_id="s9")._replace(created_at=9.0))
    with pytest.raises(UnknownRun, match="no run '1' in sweep someone/things/s9"):
        known.run("1")
