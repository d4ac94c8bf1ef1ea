"""Whether SQLite's database may be in a folder: it must be on a disk of one machine.

SQLite orders its users by locks and by a file in shared memory. Neither is sure to be the same
for two machines that have mounted the same files, nor for a virtual machine and its host: the
database gets corrupted without a warning. So network file systems are refused, and, for
those that nobody has thought of, a database that an agent of another machine uses.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, env, folders
from sweepcli.errors import StoreError

if TYPE_CHECKING:
    from sweepcli.stores.database import Database

MOUNTINFO = "/proc/self/mountinfo"

# What is wrong with a kind of file system for SQLite's database.
LOCKS = "one machine may not see the locks of another"
MEMORY = "memory that programs share through a file is not shared between machines"
NO_LOCKS = "it has no locks that another machine would see"
GUEST = "it is a folder of another system, and memory shared through it is unreliable"
NETWORK = {
    # NFS forgets locks when a server restarts, and may be mounted with `nolock`.
    **dict.fromkeys(("nfs", "nfs4"), LOCKS),
    # Shares of Windows and Samba: locks that are not POSIX's, or none.
    **dict.fromkeys(("cifs", "smb3", "smbfs", "ncpfs", "afpfs"), LOCKS),
    # Close-to-open consistency: changes are seen only when a file is opened again.
    **dict.fromkeys(("afs", "kafs", "coda"), NO_LOCKS),
    # Parallel ones, some of which pass on locks where the administrator has enabled it.
    **dict.fromkeys(("lustre", "beegfs", "pvfs2", "orangefs", "panfs", "wekafs"), LOCKS),
    # Locks work, but what one node has mapped into its memory is not what another has.
    **dict.fromkeys(("gpfs", "mmfs", "ceph", "gfs2", "ocfs2", "glusterfs", "cvfs"), MEMORY),
    # Windows's drives in WSL, folders shared with virtual machines and with Docker Desktop.
    **dict.fromkeys(("9p", "v9fs", "drvfs", "virtiofs", "vboxsf", "prl_fs", "vmhgfs"), GUEST),
    **dict.fromkeys(("fuse.grpcfuse", "fuse.osxfs", "fuse.vmhgfs-fuse"), GUEST),
    # In user space: the server has no locks, or the client keeps them to itself.
    **dict.fromkeys(("fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.goofys"), NO_LOCKS),
    **dict.fromkeys(("fuse.rclone", "fuse.blobfuse", "fuse.blobfuse2", "fuse.curlftpfs"), NO_LOCKS),
    **dict.fromkeys(("fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.juicefs"), MEMORY),
    **dict.fromkeys(("fuse.mfs", "fuse.moosefs", "fuse.lizardfs", "fuse.dfuse"), MEMORY),
}
NO_NETWORK_DISK = """\
{folder}: on a file system of type {type}, mounted at {point}: {why}. SQLite's database would get \
corrupted there. {instead}
If no other machine ever uses this folder, set {variable}=true. With that, `{copy}` \
copies the sweeps that are here already into another store."""
INSTEAD = f"""Instead:
  --store postgresql://USER@HOST/NAME, or {env.STORE}: for agents on several machines
  --store DIR, with DIR on a disk of this machine: for agents on this one; the folders of runs \
stay where they are"""

BOOT_ID = "/proc/sys/kernel/random/boot_id"
ALIVE_S = 60.0  # since the last heartbeat; the clocks may differ by as much
# A database of a version before the column, or an empty one, has no places.
KNOWN = "SELECT 1 FROM pragma_table_info('agents') WHERE name = 'place'"
# An agent's place begins with the boot of its machine. Containers of one machine share that,
# and a laptop keeps it when it gets another name.
OTHERS = """
    SELECT id, host, pid FROM agents
    WHERE ended_at IS NULL AND heartbeat_at BETWEEN ? AND ?
        AND place IS NOT NULL AND place NOT LIKE ? AND host <> ?
    ORDER BY heartbeat_at DESC LIMIT 1"""
IN_USE = """\
{path}: in use on another machine: agent {agent} (process {pid}) on {host} has sent a heartbeat \
within the last minute. Two machines must not use SQLite's database at once. {instead}
Or end the agents on {host}; after agents were killed, wait a minute."""


class Mount(NamedTuple):
    """A line of mountinfo, as far as it matters; see `man 5 proc`."""

    number: str
    parent: str
    point: str
    type: str


def refuse_network_disk(folder: str, mountinfo: str = MOUNTINFO) -> None:
    """Raise StoreError if a folder, which need not exist yet, is on a network file system."""
    if (found := network_disk(folder, mountinfo)) is not None:
        raise StoreError(
            NO_NETWORK_DISK.format(
                folder=folder,
                type=found.type,
                point=found.point,
                why=NETWORK[found.type],
                instead=INSTEAD,
                copy=commands.line("sweep copy", folder, "DST"),
                variable=env.NETWORK_DISK,
            )
        )


def network_disk(folder: str, mountinfo: str = MOUNTINFO) -> Mount | None:
    """Return the network file system that a folder is on, unless one machine alone uses it."""
    if env.goes_on_network_disk():
        return None
    real = os.path.realpath(folder)  # also wakes an automounter
    try:
        with open(mountinfo, "rb") as file:
            found = mount_of(real, file.read())
    except OSError:
        return None  # not Linux
    return found if found is not None and found.type in NETWORK else None


def mount_of(path: str, mountinfo: bytes) -> Mount | None:
    """Return the mount that a path without symbolic links is in, as a text of mountinfo has it.

    It is found as the kernel finds it: from the root down, through each mount on the path. So
    one that a later mount hides is not found.
    """
    mounts = [_mount(line) for line in mountinfo.splitlines() if line]
    known = {mount.number for mount in mounts}
    below: dict[str, list[Mount]] = {}
    for mount in mounts:
        is_top = mount.parent not in known or mount.parent == mount.number
        if folders.is_below(path, mount.point):
            below.setdefault("" if is_top else mount.parent, []).append(mount)
    found, inside = None, below.get("", [])
    while inside:
        # The highest one; of two at one place, the later one.
        found = min(reversed(inside), key=lambda mount: len(mount.point))
        inside = below.get(found.number, [])
    return found


def points_within(folder: str, mountinfo: str = MOUNTINFO) -> list[str]:
    """Return where file systems are mounted in a folder without symbolic links, or on it."""
    try:
        with open(mountinfo, "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        return []  # not Linux
    points = {_mount(line).point for line in lines if line}
    return sorted(point for point in points if folders.is_below(point, folder))


def _mount(line: bytes) -> Mount:
    # Between the options and the type stand any number of optional fields, and a hyphen.
    start, _, end = line.partition(b" - ")
    number, parent, _device, _root, point, *_ = start.split(b" ")
    return Mount(number.decode(), parent.decode(), _path(point), _path(end.split(b" ")[0]))


def _path(field: bytes) -> str:
    r"""Return a field with its escapes, such as \040 for a space, resolved."""
    if b"\\" in field:  # in few: to load the codec takes long
        field = field.decode("unicode_escape").encode("latin-1")
    return os.fsdecode(field)


def refuse_other_hosts(database: Database, host: str, boot_file: str = BOOT_ID) -> None:
    """Raise StoreError if an agent of another machine is at work with a database."""
    try:
        with open(boot_file, encoding="utf-8") as file:
            boot = file.read().strip()
    except OSError:
        return  # not Linux: a name alone does not tell machines apart
    if not database.rows(KNOWN):
        return
    now = time.time()
    values = (now - ALIVE_S, now + ALIVE_S, f"{boot} %", host)
    for agent, other, pid in database.rows(OTHERS, values):
        raise StoreError(
            IN_USE.format(path=database.path, agent=agent, pid=pid, host=other, instead=INSTEAD)
        )
