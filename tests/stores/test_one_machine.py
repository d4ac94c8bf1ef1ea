"""SQLite's database is refused where another machine may use it, too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from sweepcli import stores
from sweepcli.errors import StoreError
from sweepcli.records import JSON, Agent
from sweepcli.runs import process_table
from sweepcli.stores import one_machine, sqlite

ROOT = b"27 1 254:0 / / rw,discard shared:1 - ext4 /dev/vda rw\n"
PROC = b"22 27 0:21 / /proc rw - proc proc rw\n"
HOMES = b"40 27 0:51 / /home rw,relatime shared:9 - nfs4 server:/export/home rw,vers=4.2\n"
FUSE_OPTIONS = "fd=3,rootmode=40000,user_id=0,group_id=0"
# In namespaces of their own: mounts a file system whose server has gone, and tries to open it.
ON_SSHFS = f"""
exec 3<>/dev/fuse && mount -i -t fuse.sshfs -o {FUSE_OPTIONS} there:/home "$1" || exit 77
exec 3>&-
exec "$2" -m sweepcli sweep --dir "$1/mine" sweep.yaml
"""
# On a machine of another name, and of another boot if there is a file boot_id: an agent signs on.
AGENT = """
import sys
from sweepcli import stores
from sweepcli.agents import recovery
store = stores.open_store(sys.argv[1])
store.add_agent(recovery.this_agent("a9"))
print("signed on", flush=True)
"""
ON_NODE_3 = """
hostname node-3 && { test ! -e boot_id || mount --bind boot_id /proc/sys/kernel/random/boot_id; } \\
    || exit 77
exec "$1" -c "$2" .
"""
needs_boot_id = pytest.mark.skipif(process_table.place() is None, reason="not Linux")


def type_of(path: str, *lines: bytes) -> str | None:
    found = one_machine.mount_of(path, b"".join(lines))
    return found and found.type


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *(("/", "ext4"), ("/homes/ada", "ext4"), ("/etc", "ext4")),
        *(("/home", "nfs4"), ("/home/ada/not/there/yet", "nfs4")),
    ],
)
def test_a_path_is_in_the_last_mount_on_its_way(path: str, kind: str) -> None:
    assert type_of(path, ROOT, PROC, HOMES) == kind


@pytest.mark.parametrize("optional", [b"", b"shared:9 ", b"shared:9 master:3 propagate_from:2 "])
def test_any_number_of_optional_fields_may_stand_before_the_type(optional: bytes) -> None:
    line = b"40 27 0:51 / /home rw " + optional + b"- lustre server:/x rw\n"
    assert type_of("/home/ada", ROOT, line) == "lustre"


def test_spaces_tabs_and_backslashes_of_a_name_are_escaped() -> None:
    line = b"40 27 0:51 / /my\\040disk\\011a\\134b\xc3\xa9 rw - cifs //server/my\\040share rw\n"
    assert type_of("/my disk\ta\\bé/x", ROOT, line) == "cifs"
    assert type_of("/my", ROOT, line) == "ext4"


def test_a_later_mount_hides_what_is_below_it() -> None:
    inner = b"41 27 0:52 / /home/ada/fast rw - lustre x rw\n"
    over = b"42 27 254:0 /home /home rw - xfs /dev/vdb rw\n"
    stacked = b"43 40 254:0 / /home rw - btrfs /dev/vdc rw\n"

    assert type_of("/home/ada/fast", ROOT, inner, over) == "xfs"
    assert type_of("/home/ada", ROOT, HOMES, stacked) == "btrfs"
    assert type_of("/home/ada", ROOT, HOMES, over) == "xfs"


def test_a_folder_of_a_network_disk_that_is_bound_elsewhere_is_on_that_disk() -> None:
    bound = b"44 27 0:51 /ada/data /data rw - nfs4 server:/export/home rw\n"
    assert type_of("/data/x", ROOT, HOMES, bound) == "nfs4"


def test_a_root_that_is_its_own_parent_or_missing_is_no_trouble() -> None:
    initial = b"1 1 0:2 / / rw - rootfs rootfs rw\n"

    assert type_of("/home", initial, ROOT, HOMES) == "nfs4"
    assert type_of("/etc", HOMES) is None
    assert type_of("/etc") is None


def test_a_link_into_a_network_disk_is_followed(tmp_path: Path) -> None:
    disk, info = tmp_path / "disk", tmp_path / "mountinfo"
    os.symlink(disk / "deep", tmp_path / "link")
    line = f"40 27 0:51 / {tmp_path.resolve()}/disk rw - nfs server:/x rw\n"
    info.write_bytes(ROOT + line.encode())

    with pytest.raises(StoreError, match=rf"link/mine: .*type nfs, mounted at {disk}: one mach"):
        one_machine.refuse_network_disk(str(tmp_path / "link" / "mine"), str(info))
    one_machine.refuse_network_disk(str(tmp_path / "other"), str(info))


@pytest.mark.parametrize("kind", one_machine.NETWORK)
def test_the_message_names_the_place_the_type_and_the_ways_out(kind: str, tmp_path: Path) -> None:
    info = tmp_path / "mountinfo"
    info.write_text(f"40 1 0:51 / / rw - {kind} server:/x rw\n")

    with pytest.raises(StoreError) as refused:
        one_machine.refuse_network_disk(str(tmp_path), str(info))

    words = (f"{tmp_path}: ", f"type {kind},", "--store postgresql://", "--store DIR")
    more = ("SWEEPCLI_STORE", "SWEEPCLI_NETWORK_DISK=true", one_machine.NETWORK[kind])
    assert [word for word in (*words, *more) if word not in str(refused.value)] == []


def test_a_person_may_say_that_one_machine_alone_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "mountinfo"
    info.write_text("40 1 0:51 / / rw - nfs server:/x rw\n")
    monkeypatch.setenv("SWEEPCLI_NETWORK_DISK", "true")

    one_machine.refuse_network_disk(str(tmp_path), str(info))

    monkeypatch.setenv("SWEEPCLI_NETWORK_DISK", "false")
    with pytest.raises(StoreError):
        one_machine.refuse_network_disk(str(tmp_path), str(info))


def test_where_linux_tells_no_mounts_nothing_is_refused(tmp_path: Path) -> None:
    one_machine.refuse_network_disk(str(tmp_path), str(tmp_path / "missing"))


def on_sshfs(folder: Path, **environ: str) -> CompletedProcess[str]:
    """Create a sweep on a real mount of FUSE, which this process does not see."""
    (folder / "mount").mkdir()
    config = "method: grid\nprogram: x.py\nparameters: {x: {values: [1]}}\n"
    (folder / "sweep.yaml").write_text(config)
    return unshared("-rm", ON_SSHFS, str(folder / "mount"), sys.executable, **environ)


def unshared(flags: str, script: str, *words: str, **environ: str) -> CompletedProcess[str]:
    """Run a script of the shell in namespaces of its own, where this system lets us have them."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare")
    command = ["unshare", flags, "sh", "-c", script, "sh", *words]
    environ = {**os.environ, **environ}
    done = subprocess.run(command, check=False, env=environ, capture_output=True, text=True)
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip(f"this system lets nobody mount, or have namespaces: {done.stderr}")
    return done


def test_a_command_on_a_real_mount_of_such_a_type_is_refused(tmp_path: Path) -> None:
    done = on_sshfs(tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"ERROR {tmp_path}/mount/mine: on a file system of type fuse.sshfs" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_is_told_to_goes_on_to_what_the_mount_allows(tmp_path: Path) -> None:
    done = on_sshfs(tmp_path, SWEEPCLI_NETWORK_DISK="true")
    assert done.returncode == 1
    assert "cannot be opened: [Errno 107]" in done.stderr


def keep_agent(folder: Path, **changes: JSON) -> None:
    """Keep an agent that another machine has started just now."""
    now = time.time()
    agent = Agent("a9", "node-3", 7, now, now, place="another-boot pid:[1]")
    with closing(stores.open_store(str(folder))) as store:
        store.add_agent(agent._replace(**changes))


def sign_on_at_node_3() -> None:
    """Let an agent of a real namespace, with another host's name, use the database here."""
    done = unshared("-rmu", ON_NODE_3, sys.executable, AGENT)
    assert (done.stdout, done.stderr) == ("signed on\n", "")


@needs_boot_id
def test_an_agent_of_another_boot_and_host_is_another_machine_s(tmp_path: Path) -> None:
    (tmp_path / "boot_id").write_text("another-boot\n")
    sign_on_at_node_3()

    with pytest.raises(StoreError, match="on node-3 has sent a heartbeat"):
        stores.open_store(str(tmp_path))


@needs_boot_id
def test_an_agent_in_a_container_of_this_machine_is_no_other_machine_s(tmp_path: Path) -> None:
    sign_on_at_node_3()
    stores.open_store(str(tmp_path)).close()


@needs_boot_id
def test_a_database_that_another_machine_uses_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_agent(tmp_path)
    monkeypatch.setenv("SWEEPCLI_NETWORK_DISK", "true")  # says nothing of what is seen to be so

    with pytest.raises(StoreError, match=r"agent a9 \(process 7\) on node-3") as refused:
        stores.open_store(str(tmp_path))

    words = ("--store postgresql://", "--store DIR", "end the agents on node-3")
    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize("later_s", [-70.0, 3600.0])  # a clock that is far ahead tells nothing
def test_a_sign_of_life_that_is_not_of_now_refuses_nothing(later_s: float, tmp_path: Path) -> None:
    keep_agent(tmp_path, heartbeat_at=time.time() + later_s)
    stores.open_store(str(tmp_path)).close()


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": 5.0},
        {"place": None},
        {"place": process_table.place()},  # a container here, or this machine by another name
        {"host": os.uname().nodename},  # before this boot
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_agent_that_is_not_surely_alive_and_elsewhere_refuses_nothing(
    changes: dict[str, JSON], tmp_path: Path
) -> None:
    keep_agent(tmp_path, **changes)
    stores.open_store(str(tmp_path)).close()


def test_where_linux_tells_no_boot_nothing_is_refused(tmp_path: Path) -> None:
    boot_id = tmp_path / "boot_id"
    with closing(sqlite.connect(str(tmp_path))) as database:
        keep_agent(tmp_path)

        one_machine.refuse_other_hosts(database, "here", str(boot_id))

        boot_id.write_text("this-boot\n")
        with pytest.raises(StoreError):
            one_machine.refuse_other_hosts(database, "here", str(boot_id))
