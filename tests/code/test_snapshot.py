from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from frozen_code import froze, git, place, repository, written
from sweepcli.code import snapshot, tree
from sweepcli.code.uncommitted import Moved
from sweepcli.errors import ConfigError, SweepError


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return repository(tmp_path / "code")


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    return tmp_path / "results" / "s1"


def unpacked(sweep: Path, into: Path) -> dict[str, str]:
    """Return what is in a snapshot, below its root."""
    into.mkdir()
    snapshot.unpack(str(sweep / "snapshot.tar.gz"), str(into))
    files = (path for path in (into / "root").rglob("*") if path.is_file())
    return {str(path.relative_to(into / "root")): path.read_text() for path in files}


def test_a_snapshot_has_the_code_as_it_is_now(code: Path, sweep: Path, tmp_path: Path) -> None:
    (code / "pkg" / "model.py").write_text("VALUE = 'changed'\n")
    (code / "new.py").write_text("untracked\n")

    made = froze(code, sweep)

    assert snapshot.read(str(sweep / "snapshot.tar.gz")) == made
    found = unpacked(sweep, tmp_path / "here")
    assert (found["pkg/model.py"], found["new.py"]) == ("VALUE = 'changed'\n", "untracked\n")
    assert sorted(found) == sorted(
        ["train.py", "pkg/__init__.py", "pkg/model.py", "conf/a.yaml", "run.sh", "new.py"]
    )


def test_the_same_code_makes_the_same_bytes(code: Path, sweep: Path, tmp_path: Path) -> None:
    other = tmp_path / "results" / "s2"

    froze(code, sweep)
    froze(code, other)

    assert (sweep / "snapshot.tar.gz").read_bytes() == (other / "snapshot.tar.gz").read_bytes()


def test_programs_and_links_stay_what_they_are(code: Path, sweep: Path, tmp_path: Path) -> None:
    (code / "conf" / "last.yaml").symlink_to("a.yaml")
    git(code, "add", ".")
    froze(code, sweep)

    unpacked(sweep, tmp_path / "here")

    root = tmp_path / "here" / "root"
    assert (root / "conf" / "last.yaml").readlink() == Path("a.yaml")
    assert (root / "run.sh").stat().st_mode & 0o111
    assert not (root / "train.py").stat().st_mode & 0o333


def test_submodules_and_named_files_elsewhere_are_in_it(
    code: Path, sweep: Path, tmp_path: Path
) -> None:
    library = repository(tmp_path / "library", {"lib.py": "LIB = 1\n"})
    git(code, "submodule", "--quiet", "add", str(library), "third")
    (tmp_path / "shared.yaml").write_text("shared: 1\n")

    made = froze(code, sweep, where=place(code, sweep.parent, named=("../shared.yaml",)))

    assert made.outside == (str(tmp_path / "shared.yaml"),)
    assert unpacked(sweep, tmp_path / "here")["third/lib.py"] == "LIB = 1\n"
    assert (tmp_path / "here" / "outside" / "0" / "shared.yaml").read_text() == "shared: 1\n"


def test_a_large_file_is_left_out_and_listed(
    code: Path, sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "LARGEST", 1_500_000)
    (code / "large.py").write_text("#" * 2_000_000)

    made = froze(code, sweep)

    assert made.left_out == {"large.py": "has more than 1 MB"}
    assert "large.py" not in unpacked(sweep, tmp_path / "here")


def test_too_much_code_is_refused_with_its_largest_folders(
    code: Path, sweep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "MOST", 2_500_000)
    written(code, {"big/a.py": "#" * 2_000_000, "small/b.py": "#" * 1_000_000})

    with pytest.raises(ConfigError) as raised:
        froze(code, sweep)

    assert "the code has 3 MB, and at most 2 MB are frozen" in str(raised.value)
    assert "The largest folders: big 2 MB, small 1 MB" in str(raised.value)
    assert "`code: {frozen: true, exclude: [big]}`" in str(raised.value)
    assert list(sweep.iterdir()) == []


def test_what_git_decrypts_is_left_out(code: Path, sweep: Path, tmp_path: Path) -> None:
    git(code, "config", "filter.crypt.smudge", "tr a-z b-za")
    git(code, "config", "filter.crypt.clean", "tr b-za a-z")
    written(code, {".gitattributes": "hidden.py filter=crypt\n", "hidden.py": "plain\n"})
    git(code, "add", ".")
    git(code, "commit", "-qm", "hidden")

    made = froze(code, sweep)

    assert made.left_out == {"hidden.py": "git's filter crypt may hide what is in it"}
    assert "hidden.py" not in unpacked(sweep, tmp_path / "here")


def test_a_file_that_changes_meanwhile_is_noticed(code: Path, sweep: Path) -> None:
    where = place(code, sweep.parent)
    seen = tree.look(where)
    sweep.mkdir(parents=True)
    (code / "train.py").write_text("another length\n")

    with pytest.raises(Moved):
        snapshot.write(str(sweep / "snapshot.tar.gz"), seen, where)

    assert list(sweep.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "/evil", "root/../../evil", "root//evil"])
def test_an_archive_that_leads_elsewhere_is_refused(
    name: str, code: Path, sweep: Path, tmp_path: Path
) -> None:
    froze(code, sweep)
    packed = sweep / "snapshot.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())

    with pytest.raises(SweepError, match="damaged"):
        unpacked(sweep, tmp_path / "here")

    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("rest", [0, 40, 200])
def test_a_damaged_archive_is_told(rest: int, code: Path, sweep: Path, tmp_path: Path) -> None:
    froze(code, sweep)
    packed = sweep / "snapshot.tar.gz"
    packed.write_bytes(packed.read_bytes()[:rest])

    with pytest.raises(SweepError, match=f"{packed}: damaged"):
        unpacked(sweep, tmp_path / "here")
