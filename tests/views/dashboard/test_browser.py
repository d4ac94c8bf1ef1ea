"""The page as a person uses it, in a real browser against a real server."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, expect

import filled_store as filled
from kept_code import PATCH, A, B, keep_environment, keep_version
from other_user import CAN, as_user
from served_page import Served, serving
from support import begin, claimed, grid, place, shell
from sweepcli import about
from sweepcli.records import Progress, Row, SweepState
from sweepcli.stores import Store, open_store, sql
from sweepcli.stores.naming import Naming
from sweepcli.views.dashboard.page import exported

pytestmark = pytest.mark.slow

RUNS = 100
SEEN_MS = 10_000  # after which a change must be seen; the page asks every second
SLOW_MS = 30_000
DRAWN = ".plot-parallel[data-drawn='{}']"
GRID = ".grid[data-rows='{}']"


@contextmanager
def opened(browser: Browser, address: str, width: int = 1280) -> Iterator[Page]:
    """Open an address in a browser of its own; fail if the page reports any trouble."""
    size = ViewportSize(width=width, height=900)
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda told: troubles.extend(_trouble(told)))
    page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
    page.goto(address)
    page.wait_for_url(lambda url: "token=" not in url)  # the page that takes it leads on
    try:
        yield page
        assert troubles == []
    finally:
        context.close()


def _trouble(told: ConsoleMessage) -> list[str]:
    """Return what a message complains of; the browser counts each refusal by the server, too."""
    answers = ("422 (Unprocessable", "409 (Conflict")
    is_bad = told.type == "error" and not any(each in told.text for each in answers)
    return [told.text] if is_bad else []


def address(served: Served, path: str = "/sweep/s1") -> str:
    return f"http://{served.host}{path}?token={served.token}"


@contextmanager
def of_ten_runs(results: str, browser: Browser) -> Iterator[tuple[Page, Store]]:
    """Open the page of a sweep of its own, whose store may be changed."""
    filled.fill(results, 10)
    with (
        serving(results) as served,
        opened(browser, address(served)) as found,
        closing(open_store(results)) as store,
    ):
        yield found, store


@pytest.fixture
def page(served: Served, browser: Browser) -> Iterator[Page]:
    """Open the page of a sweep of 100 runs, all drawn."""
    with opened(browser, address(served)) as found:
        found.wait_for_selector(DRAWN.format(RUNS))
        yield found


def brush(page: Page, axis: int, low: float, high: float) -> None:
    """Drag along an axis, from one share of it to another; 0 is at its lower end."""
    box = page.locator(".axis-strip").nth(axis).bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    heights = [box["y"] + 4 + (box["height"] - 8) * (1 - share) for share in (low, high)]
    page.mouse.move(x, heights[0])
    page.mouse.down()
    page.mouse.move(x, sum(heights) / 2)
    page.mouse.move(x, heights[1])
    page.mouse.up()


def axis_of(page: Page, name: str) -> int:
    """Return the place of the axis of a parameter or metric."""
    titles = page.locator(".axis-title").all_inner_texts()
    return next(place for place, title in enumerate(titles) if title.split("\n")[0] == name)


def rows(page: Page) -> int:
    """Return how many runs the table has."""
    return int(page.locator(".grid").get_attribute("data-rows") or -1)


# What is seen


def test_the_list_leads_to_a_sweep(served: Served, browser: Browser) -> None:
    with opened(browser, address(served, "/")) as page:
        page.get_by_text("<i>a name</i>").first.click()
        page.wait_for_url("**/sweep/s1")
        page.wait_for_selector(DRAWN.format(RUNS))


def test_an_empty_directory_tells_what_to_type(tmp_path: Path, browser: Browser) -> None:
    with serving(str(tmp_path)) as served, opened(browser, address(served, "/")) as page:
        page.get_by_text("sweepcli config.yaml").wait_for()


def test_what_runs_have_logged_is_text_and_nothing_else(page: Page) -> None:
    for number in (None, 25, 1):
        if number is not None:
            page.evaluate(
                "path => { history.pushState(null, '', path);"
                " dispatchEvent(new PopStateEvent('popstate')); }",
                f"/run/s1r{number}",
            )
            page.get_by_role("heading", name=f"Run {number}", exact=True).wait_for()
        page.get_by_text(filled.SCRIPT).first.wait_for()
        assert page.locator("script:not([src])").count() == 0
        assert page.locator("b:text-is('one')").count() == 0


def test_the_page_loads_nothing_from_elsewhere(served: Served, browser: Browser) -> None:
    asked: list[str] = []
    context = browser.new_context()
    context.on("request", lambda request: asked.append(request.url))
    found = context.new_page()
    found.goto(address(served))
    found.wait_for_selector(DRAWN.format(RUNS))
    context.close()

    ours = (f"http://{served.host}/", "data:", "blob:")
    assert [url for url in asked if not url.startswith(ours)] == []


def test_each_of_several_metrics_is_an_axis(tmp_path: Path, browser: Browser) -> None:
    both = [{"name": name, "goal": "minimize"} for name in ("val_loss", "accuracy")]
    config = {
        **filled.CONFIG,
        "method": "custom",
        "metrics": both,
        "scheduler": {"engine": "optuna"},
    }
    del config["metric"]
    filled.fill(str(tmp_path), 10, config=config)
    with serving(str(tmp_path)) as served, opened(browser, address(served)) as page:
        page.wait_for_selector(DRAWN.format(10))
        titles = page.locator(".axis-title").all_inner_texts()
        brush(page, axis_of(page, "accuracy"), 0.5, 1.0)
        page.locator(".chip").first.wait_for()
        shown = rows(page)

    assert [title.split("\n")[0] for title in titles[-2:]] == ["val_loss", "accuracy"]
    assert 0 < shown < 9


# Linked views


def test_a_brush_filters_the_table_and_the_plots(page: Page) -> None:
    brush(page, axis_of(page, "lr"), 0.5, 1.0)
    page.locator(".chip").first.wait_for()
    expected = sum(filled.params_of(n)["lr"] >= 1e-3 for n in range(1, RUNS + 1))

    assert abs(rows(page) - expected) <= 2  # a pixel more or less
    assert f"{rows(page)} of {RUNS}" in page.locator(".chips-count").inner_text()
    page.wait_for_selector(DRAWN.format(RUNS))


def test_several_brushes_and_the_expression_are_all_obeyed(page: Page) -> None:
    brush(page, axis_of(page, "lr"), 0.5, 1.0)
    page.locator(".chip").nth(0).wait_for()
    first = rows(page)
    brush(page, axis_of(page, "net.dropout"), 0.0, 0.5)
    page.locator(".chip").nth(1).wait_for()
    second = rows(page)
    page.get_by_role("searchbox").fill("optimizer == 'adam'")
    page.locator(".chip").nth(2).wait_for()
    third = rows(page)

    assert RUNS > first > second > third > 0
    page.get_by_role("button", name="Clear all").click()
    page.wait_for_selector(GRID.format(RUNS))


def test_a_bad_expression_is_told_beside_the_field(page: Page) -> None:
    page.get_by_role("searchbox").fill("val_los < 1")
    problem = page.locator("#filter-problem")
    problem.wait_for()

    assert "val_loss" in problem.inner_text()
    assert rows(page) == RUNS


def test_an_axis_is_moved_by_its_title(page: Page) -> None:
    before = page.locator(".axis-title").all_inner_texts()
    title = page.locator(".axis-title").nth(0).bounding_box()
    target = page.locator(".axis-title").nth(2).bounding_box()
    assert title is not None
    assert target is not None
    page.mouse.move(title["x"] + 20, title["y"] + 6)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, title["y"] + 8, steps=5)
    page.mouse.move(target["x"] + 25, title["y"] + 8)
    page.mouse.up()
    page.wait_for_function(
        "text => document.querySelectorAll('.axis-title')[2].innerText === text", arg=before[0]
    )
    page.wait_for_selector(DRAWN.format(RUNS))
    after = page.locator(".axis-title").all_inner_texts()

    assert after[:3] == [*before[1:3], before[0]]
    assert sorted(after) == sorted(before)


def test_a_line_under_the_mouse_is_told_and_opened(page: Page) -> None:
    box = page.locator(".axis-strip").nth(axis_of(page, "val_loss")).bounding_box()
    assert box is not None
    tooltip = page.locator(".plot-tooltip:visible")
    # The best run is at the lower end of the metric's axis: go up beside it until there is a line.
    for up in range(80):
        page.mouse.move(box["x"] - 10, box["y"] + box["height"] - 8 - up)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        if tooltip.count():
            break
    told = tooltip.inner_text()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/run/s1r*")

    number = page.url.rpartition("/s1r")[2]
    assert f"{filled.params_of(int(number))['layers']}" in told
    assert "net.dropout" in told
    assert number in told


def value(number: int) -> float:
    return filled.value_of(filled.params_of(number))


def test_the_table_is_sorted_walked_and_opened_by_keys(page: Page) -> None:
    best = min((n for n in range(1, RUNS + 1) if n % 25), key=value)
    page.locator(".grid").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/run/s1r{best}")
    page.go_back()
    page.wait_for_selector(GRID.format(RUNS))


def test_chosen_runs_are_compared(page: Page) -> None:
    page.locator(".grid").focus()
    for key in ("Home", " ", "ArrowDown", " "):
        page.keyboard.press(key)
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare/s1?runs=*")
    page.get_by_text("accuracy").first.wait_for()


def test_the_runs_in_sight_are_saved_as_csv(page: Page, tmp_path: Path) -> None:
    page.get_by_role("searchbox").fill("state == 'failed'")
    page.wait_for_selector(GRID.format(4))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))

    assert len(found) == 5
    assert filled.SCRIPT in " ".join(found[0])


# Live


def test_a_run_of_another_machine_says_where_its_files_are(
    served: Served, browser: Browser
) -> None:
    with opened(browser, address(served, "/run/s1r25")) as page:
        page.locator(".output:has-text('no luck')").wait_for()

        assert page.locator(".output").inner_text() == f"RuntimeError: no luck with {filled.SCRIPT}"
        assert (
            "it is on elsewhere: someone" in page.locator(".output-card .note").first.inner_text()
        )
        page.get_by_text("on elsewhere: someone/things/s1/runs/s1r25 in the results").wait_for()


def test_a_live_run_is_seen_within_two_seconds(tmp_path: Path, browser: Browser) -> None:
    with of_ten_runs(str(tmp_path), browser) as (page, store):
        page.wait_for_selector(GRID.format(10))
        run = store.run(filled.add_running(store))
        page.wait_for_selector(GRID.format(11), timeout=SEEN_MS)
        store.save_progress(run, [], Progress({"val_loss": 0.0123}, 0.0123, 3, 0.0123, 0.0123))
        page.locator(".grid").get_by_text("0.0123").first.wait_for(timeout=SEEN_MS)


def test_names_and_tags_are_columns_once_a_run_has_them(tmp_path: Path, browser: Browser) -> None:
    with of_ten_runs(str(tmp_path), browser) as (page, store):
        page.wait_for_selector(GRID.format(10))
        heads = page.locator(".grid-head")
        assert heads.get_by_text("tags").count() == heads.get_by_text("name").count() == 0
        Naming(store.database).say_of_run("s1r1", partial(about.named, text="<b>mine</b>"))
        Naming(store.database).say_of_run("s1r1", partial(about.tagged, tags=["keep", "a b"]))
        Naming(store.database).say_of_sweep("s1", partial(about.tagged, tags=["of the sweep"]))
        page.locator(".grid").get_by_text("<b>mine</b>").wait_for(timeout=SEEN_MS)
        page.locator(".grid").get_by_text("keep, a b").wait_for(timeout=SEEN_MS)
        page.locator(".sweep-title").get_by_text("of the sweep").wait_for(timeout=SEEN_MS)
        page.locator("input.filter").fill("'keep' in tags")
        page.wait_for_selector(GRID.format(1))


def test_the_code_is_a_column_and_a_runs_page_shows_its_changes(
    tmp_path: Path, browser: Browser
) -> None:
    results = str(tmp_path)
    keep_version(results, B, patch=PATCH, kept={"new.py": "1" * 40})
    with of_ten_runs(results, browser) as (page, store):
        page.wait_for_selector(GRID.format(10))
        assert page.locator(".grid-head").get_by_text("code").count() == 0
        tries = [("s1r9", n, "a1", "failed", 1.0, code) for n, code in ((1, A), (2, B))]
        columns = ("run_id", "attempt", "agent_id", "state", "started_at", "code")
        with store.database.transaction():
            store.database.change_many(sql.insert("attempts", columns), tries)
        known = {"code": A, "environment": keep_environment(results), "code_after": None}
        filled.change_runs(results, "number < 8", **known)
        filled.change_runs(results, "number >= 8", **{**known, "code": B, "code_after": A})
        page.reload()
        page.locator(".grid-head").get_by_text("code").wait_for(timeout=SEEN_MS)
        page.get_by_text("2 versions of the code: runs 1-7, 8-10").wait_for()
        page.locator("input.filter").fill(f"code == '{B}'")
        page.wait_for_selector(GRID.format(3))

        page.goto(f"http://{page.url.split('/')[2]}/run/s1r9")
        page.get_by_text("changes and 1 untracked file").wait_for()
        page.get_by_text(f"{A} while the run started").wait_for()
        page.get_by_role("region", name="Attempts").get_by_text(A).wait_for()
        page.get_by_text("Packages (2)").click()
        page.get_by_text("torch==2.4.1").wait_for()
        page.get_by_text("Changes since the commit").click()
        page.get_by_text("+lr = <b>0.2</b>").wait_for()


def test_curves_are_drawn_and_read_under_the_pointer(tmp_path: Path, browser: Browser) -> None:
    with of_ten_runs(str(tmp_path), browser) as (page, store):
        run = store.run(filled.add_running(store))
        rows = [Row(n, n, None, {"val_loss": 1 / (n + 1), "lr": 0.5}) for n in range(5)]
        store.save_progress(run, rows, Progress({"val_loss": 0.2}, 0.2, 4, 0.2, 0.2))
        for path in (f"/run/{run.id}", f"/compare/s1?runs={run.id},s1r1"):
            page.goto(f"http://{page.url.split('/')[2]}{path}")
            page.get_by_label("val_loss by step.").hover()
            page.locator(".plot-tooltip:visible").get_by_text("step 2").wait_for()
            page.get_by_label("log values").first.check()
            page.get_by_label("val_loss by step.").hover(position={"x": 50, "y": 20})
            page.locator(".plot-tooltip:visible").get_by_text("step 0").wait_for()


def test_a_tab_that_nobody_looks_at_leaves_its_connection_to_others(
    served: Served, browser: Browser
) -> None:
    asked: list[str] = []
    context = browser.new_context()
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url.partition("?")[0]))
    page.add_init_script(
        "window.isAway = true; Object.defineProperty(document, 'hidden', {get: () => isAway})"
    )
    page.goto(address(served))
    page.wait_for_selector(GRID.format(RUNS))
    events = f"http://{served.host}/api/events"
    before = events in asked
    with page.expect_request(lambda request: request.url.startswith(events)):
        page.evaluate("isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("live", exact=True).wait_for()
    context.close()

    assert not before


def test_pause_and_resume_reach_the_store(tmp_path: Path, browser: Browser) -> None:
    with of_ten_runs(str(tmp_path), browser) as (page, store):
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Resume").wait_for()
        paused = store.sweep("s1").state
        page.get_by_role("button", name="Resume").click()
        page.get_by_role("button", name="Pause").wait_for()
        resumed = store.sweep("s1").state

    assert (paused, resumed) == (SweepState.PAUSED, SweepState.RUNNING)


def test_cancel_asks_first(tmp_path: Path, browser: Browser) -> None:
    with of_ten_runs(str(tmp_path), browser) as (page, store):
        page.get_by_role("button", name="Cancel", exact=True).click()
        dialog = page.get_by_role("alertdialog")
        dialog.wait_for()
        before = store.sweep("s1").state
        dialog.get_by_role("button", name="Cancel sweep").click()
        page.locator(".sweep-top").get_by_text("canceled").wait_for()
        after = store.sweep("s1").state

    assert (before, after) == (SweepState.RUNNING, SweepState.CANCELED)


def test_a_server_that_is_gone_is_told(tmp_path: Path, browser: Browser) -> None:
    filled.fill(str(tmp_path), 3)
    context = browser.new_context()
    context.set_default_timeout(SLOW_MS)
    with serving(str(tmp_path)) as served:
        page = context.new_page()
        page.goto(address(served))
        page.wait_for_selector(GRID.format(3))
        served.end()
        page.get_by_text("trying again").wait_for()
    context.close()


# Sizes


@pytest.mark.parametrize("width", [390, 1280, 2560])
def test_no_width_makes_the_page_scroll_sideways(
    served: Served, browser: Browser, width: int
) -> None:
    with opened(browser, address(served), width=width) as page:
        page.wait_for_selector(DRAWN.format(RUNS))
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")

    assert widths[0] <= widths[1]


def test_long_names_notes_and_tags_find_room(tmp_path: Path, browser: Browser) -> None:
    with of_ten_runs(str(tmp_path), browser) as (page, store):
        for change in (
            partial(about.named, text="n" * about.LONGEST_NAME),
            partial(about.noted, text="n" * about.LONGEST_NOTES),
            partial(about.tagged, tags=["keep", "t" * about.LONGEST_TAG, *map(str, range(30))]),
        ):
            Naming(store.database).say_of_sweep("s1", change)
            Naming(store.database).say_of_run("s1r1", change)
        for path in ("/sweep/s1", "/run/s1r1", "/compare/s1?runs=s1r1,s1r2", "/"):
            page.goto(f"http://{page.url.split('/')[2]}{path}")
            page.get_by_text("nnn").first.wait_for(state="attached")
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                # What is drawn to a width is drawn anew in the next frame.
                page.wait_for_function(
                    "width => document.documentElement.scrollWidth == width", arg=width
                )
            tag = page.locator(".tag", has_text="keep")
            assert all(box["width"] > 30 for each in tag.all() if (box := each.bounding_box()))


def test_twenty_thousand_runs_are_drawn_in_a_time_like_their_number(
    tmp_path: Path, browser: Browser
) -> None:
    took = {}
    for count in (1_000, 20_000):
        results = str(tmp_path / str(count))
        filled.fill(results, count)
        with serving(results) as served:
            start = time.monotonic()
            with opened(browser, address(served)) as page:
                page.wait_for_selector(DRAWN.format(count))
                took[count] = time.monotonic() - start

    # A browser without a GPU took 2.6 times as long here; twenty times would be no surprise.
    assert took[20_000] < 12 * took[1_000], took


def test_a_sweep_that_stops_can_be_canceled_and_shows_runs_that_were_taken_alone(
    tmp_path: Path, browser: Browser
) -> None:
    with closing(open_store(str(tmp_path))) as store:
        begin(store, 5)
        claimed(store)
        store.heartbeat("a1", time.time())
        store.set_state("s1", SweepState.FINISHED, allowed=tuple(SweepState))
    with serving(str(tmp_path)) as served, opened(browser, address(served)) as page:
        page.wait_for_selector(DRAWN.format(1))
        assert page.locator(".sweep-title .pill").inner_text().endswith("stopping")
        assert page.locator(".controls button").all_inner_texts() == ["Resume", "Cancel"]
        assert page.get_by_text("1 running run may finish").count() == 1

        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Cancel sweep").click()
        page.locator(".sweep-title .pill", has_text="canceling").wait_for()
    with closing(open_store(str(tmp_path))) as store:
        assert store.sweep("s1").state is SweepState.CANCELED


# As a file


def test_an_exported_page_needs_no_server(tmp_path: Path, browser: Browser) -> None:
    filled.fill(str(tmp_path), 50)
    path = os.path.join(tmp_path, "sweep of mine.html")
    with closing(open_store(str(tmp_path))) as store:
        text = exported(store, store.sweep("s1"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

    with opened(browser, f"file://{path}") as page:
        page.wait_for_selector(DRAWN.format(50))
        brush(page, axis_of(page, "lr"), 0.5, 1.0)
        page.locator(".chip").first.wait_for()
        shown = rows(page)
        buttons: Locator = page.get_by_role("button", name="Pause")
        page.get_by_role("button", name="Clear all").click()
        page.get_by_role("searchbox").fill("lr * 2 >= 2e-3 and optimizer == 'adam'")
        all_params = map(filled.params_of, range(1, 51))
        found = [each for each in all_params if each["lr"] >= 1e-3 and each["optimizer"] == "adam"]
        page.wait_for_selector(GRID.format(len(found)))

        assert 0 < shown < 50
        assert buttons.count() == 0
        assert page.get_by_text(filled.SCRIPT).count() > 0


@pytest.mark.skipif(not CAN, reason="only root can run commands as another user, by setpriv")
def test_a_button_that_may_change_nothing_says_why(tmp_path: Path, browser: Browser) -> None:
    filled.fill(str(tmp_path), 3)
    with serving(str(tmp_path), within=as_user) as served, opened(browser, address(served)) as page:
        page.get_by_role("button", name="Pause").click()

        said = page.locator(".controls-problem:not([hidden])").text_content() or ""

    assert "you may not write it" in said
    assert "m sweepcli show" in said


def test_runs_without_the_metric_are_told_with_the_line_to_copy(
    browser: Browser, tmp_path: Path
) -> None:
    config = {**grid(1, shell("echo 'val_loss: 0.5 (best)'")), "metric": {"name": "val_loss"}}
    with place(tmp_path, config) as here:
        here.run()
        with serving(here.results) as served, opened(browser, address(served)) as page:
            card = page.get_by_role("region", name="No metric")
            expect(card).to_contain_text("1 run finished without 'val_loss'")
            expect(card.locator(".command")).to_contain_text(
                r"metrics_from: {output: '\bval_loss: {val_loss}'}"
            )
