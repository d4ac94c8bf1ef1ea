from __future__ import annotations

import os
from pathlib import Path

import pytest

from irregular import KINDS, put
from sweepcli import regular_files
from sweepcli.regular_files import NotRegular

WAYS = {"read": os.O_RDONLY, "append": os.O_WRONLY | os.O_APPEND | os.O_CREAT, "both": os.O_RDWR}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
@pytest.mark.parametrize("flags", WAYS.values(), ids=WAYS)
def test_what_is_not_a_regular_file_is_refused_at_once(
    kind: str, flags: int, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    put(kind, path)

    with pytest.raises(NotRegular) as caught:
        regular_files.descriptor(str(path), flags)

    assert str(caught.value) == f"{path} is {kind}"


def test_a_fifo_that_takes_the_place_of_a_file_while_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    put("a FIFO", path)
    (tmp_path / "other").touch()
    before = os.stat(tmp_path / "other")
    monkeypatch.setattr(os, "stat", lambda _: before)

    with pytest.raises(NotRegular, match="is a FIFO"):
        regular_files.descriptor(str(path))
    with pytest.raises(OSError, match=r"No such device|not (supported|configured)"):
        regular_files.descriptor(str(path), os.O_WRONLY)


def test_a_link_that_leads_to_itself_is_an_error_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.symlink_to(path)

    with pytest.raises(OSError, match="symbolic links"):
        regular_files.descriptor(str(path))


def test_a_file_is_made_only_if_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"

    with pytest.raises(FileNotFoundError):
        regular_files.descriptor(str(path))
    os.close(regular_files.descriptor(str(path), os.O_WRONLY | os.O_CREAT))

    assert path.is_file()


def test_a_file_is_read_up_to_the_size_that_it_says(tmp_path: Path) -> None:
    path = tmp_path / "params.json"
    path.write_bytes(b"{}")
    (tmp_path / "endless").symlink_to("/proc/self/status")  # its size is 0 and its content is not

    assert regular_files.content(str(path)) == b"{}"
    assert regular_files.content(str(tmp_path / "endless")) == b""


def test_a_file_of_a_terabyte_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "command.json"
    path.touch()
    os.truncate(path, 1 << 40)

    with pytest.raises(NotRegular, match="is larger than 16 MiB"):
        regular_files.content(str(path))


@every_kind
def test_a_new_file_takes_the_place_of_what_is_not_one(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    put(kind, path)

    fd = regular_files.fresh(str(path), os.O_RDWR)

    os.write(fd, b"printed")
    os.close(fd)
    assert path.read_bytes() == b"printed"
    assert not path.is_symlink()


def test_a_new_file_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    (tmp_path / "params.json").symlink_to("mine")

    os.close(regular_files.fresh(str(tmp_path / "params.json")))

    assert (tmp_path / "mine").read_text() == "precious"


def test_a_folder_with_files_is_not_removed_for_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "params.json").mkdir()
    (tmp_path / "params.json" / "weights").touch()

    with pytest.raises(NotRegular, match="is a directory that is not empty"):
        regular_files.fresh(str(tmp_path / "params.json"))

    assert (tmp_path / "params.json" / "weights").exists()


def test_a_file_is_put_into_a_folder_whole_and_through_no_link(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "a").mkdir(parents=True)
    elsewhere.mkdir()
    (root / "a/link").symlink_to(elsewhere)
    regular_files.put(str(root), ["a", "b"], "f", "one", makes=True)
    (root / "a/b/f.new").symlink_to(elsewhere / "f")
    regular_files.put(str(root), ["a", "b"], "f", "two")

    assert (root / "a/b/f").read_text() == "two"
    for inside in (["a", "link"], ["link", "b"], ["a", ".."], ["", "a"], ["a/link"], ["none"]):
        with pytest.raises(OSError, match=r"link|none|name|directory"):
            regular_files.put(str(root), inside, "f", "three")
    assert os.listdir(elsewhere) == []
    assert os.listdir(root / "a/b") == ["f"]
