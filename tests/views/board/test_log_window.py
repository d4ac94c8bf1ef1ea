from __future__ import annotations

from sweepcli.views.board.log_window import LogWindow


def filled(count: int) -> LogWindow:
    log = LogWindow()
    for number in range(count):
        log.add(str(number))
    return log


def test_a_line_leaves_once_and_in_its_order() -> None:
    log = filled(5)

    assert (log.leaving(3), log.show(3)) == (["0", "1"], ["2", "3", "4"])
    log.add("5")
    assert (log.leaving(3), log.show(3)) == (["2"], ["3", "4", "5"])
    assert (log.leaving(0), log.show(0), len(log)) == (["3", "4", "5"], [], 0)


def test_lines_that_were_begun_are_shown_last_and_do_not_leave() -> None:
    log = filled(3)
    log.unfinished = ["50%"]

    assert (log.leaving(3), log.show(3)) == (["0"], ["1", "2", "50%"])
    log.unfinished = []
    assert (log.leaving(3), log.show(3)) == ([], ["1", "2"])


def test_lines_left_on_the_screen_are_not_written_again() -> None:
    log = filled(4)
    log.leaving(3)
    log.show(3)
    log.add("4")

    log.leave_shown(10, 80)

    assert log.leaving(0) == ["4"]


def test_of_a_screen_that_was_made_lower_the_first_lines_alone_are_gone() -> None:
    log = filled(4)
    log.show(4)

    log.leave_shown(2, 80)

    assert log.show(4) == ["2", "3"]


def test_a_line_that_was_cropped_is_still_to_be_seen_whole() -> None:
    log = LogWindow()
    for line in ("short", "much longer", "last"):
        log.add(line)
    log.show(3)

    log.leave_shown(3, 6)

    assert log.leaving(0) == ["much longer"]
