"""A whole SLURM on this machine: munged, slurmctld and a slurmd for each node, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from needed import lacking
from support import until
from sweepcli.runs import process_table

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")
NODES = ("n1", "n2")
CPUS, GPUS = 4, 2  # of each node; SLURM believes what it is told
NODE = "SLURM_CLUSTER_NODE"  # marks a node's daemons; what they start has SLURMD_NODENAME
POLITE_S = 5.0
NULL_DEVICE = os.makedev(1, 3)

# Without NoInAddrAny the daemons listen on every address. ReturnToService lets a node that was
# lost come back, and the scheduler is told not to be lazy.
CONFIG = """\
ClusterName=trial
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmdLogFile={folder}/slurmd.%n.log
SlurmdSpoolDir={folder}/%n
StateSaveLocation={folder}/state
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,bf_interval=2
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
KillWait=5
GresTypes=gpu
{nodes}
PartitionName=main Nodes={names} Default=YES MaxTime=INFINITE State=UP
"""
A_NODE = (
    "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} Sockets=1 "
    "CoresPerSocket={cpus} ThreadsPerCore=1 RealMemory=1000 Gres=gpu:{gpus}"
)


class Cluster:
    """A SLURM that is up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"SLURM_CONF": str(folder / "slurm.conf")}
        self._daemons = dict[str, subprocess.Popen[bytes]]()

    def ask(self, *words: str) -> str:
        """Return what a command of SLURM's answers."""
        environ = {**os.environ, **self.environ}
        return subprocess.run(
            words, check=True, capture_output=True, env=environ, text=True, timeout=60
        ).stdout

    def start(self, name: str, *words: str, **environ: str) -> None:
        """Start a daemon that stays our child."""
        with (self.folder / f"{name}.out").open("wb") as output:
            self._daemons[name] = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environ, **environ},
            )

    def crash(self, node: str) -> None:
        """End a node as a power cut does: its daemon, and all that this has started."""
        process_table.kill_marked({**self.environ, NODE: node})
        self._daemons[node].wait()
        process_table.kill_marked({**self.environ, "SLURMD_NODENAME": node})

    def end(self) -> None:
        """End everything that has ever been started here."""
        for daemon in reversed(self._daemons.values()):
            daemon.terminate()  # politely: a controller that is killed leaves a child behind
            with suppress(subprocess.TimeoutExpired):
                daemon.wait(POLITE_S)
        process_table.kill_marked(self.environ)
        for daemon in self._daemons.values():
            daemon.kill()
            daemon.wait()


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a cluster of two nodes; nothing of it outlives the block."""
    _leave_if_impossible()
    with ExitStack() as until_the_end:
        # Its socket's path has to be short, which pytest's are not.
        folder = Path(
            until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="sweep-slurm-"))
        )
        cluster = Cluster(folder)
        until_the_end.callback(cluster.end)
        _configure(folder)
        _start_munge(cluster)
        cluster.start("slurmctld", "slurmctld", "-D", "-c")
        for node in NODES:
            cluster.start(node, "slurmd", "-D", "-N", node, **{NODE: node})
        until(lambda: _idle_nodes(cluster) == len(NODES))
        yield cluster


def _leave_if_impossible() -> None:
    """Skip the test where there can be no cluster; fail it in CI."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    why = f"no SLURM: {', '.join(missing)} not found (apt install slurm-wlm munge)"
    if not missing:
        why = "" if os.geteuid() == 0 else "SLURM's daemons start jobs as root alone"
    if why:
        lacking(why)


def _configure(folder: Path) -> None:
    folder.chmod(0o755)  # munged wants everybody to get at its socket
    ports = _free_ports(1 + len(NODES))
    host = os.uname().nodename.partition(".")[0]
    nodes = [
        A_NODE.format(name=name, host=host, port=port, cpus=CPUS, gpus=GPUS)
        for name, port in zip(NODES, ports[1:], strict=True)
    ]
    text = CONFIG.format(
        host=host, port=ports[0], folder=folder, nodes="\n".join(nodes), names=",".join(NODES)
    )
    (folder / "slurm.conf").write_text(text)
    for name in ("state", *NODES):
        (folder / name).mkdir()
    # SLURM hands out GPUs that are character devices, whatever is behind them.
    for number in range(GPUS):
        os.mknod(folder / f"gpu{number}", 0o600 | stat.S_IFCHR, NULL_DEVICE)
    devices = f"{folder}/gpu[0-{GPUS - 1}]"
    gres = f"NodeName={','.join(NODES)} Name=gpu Count={GPUS} File={devices}\n"
    (folder / "gres.conf").write_text(gres)


def _start_munge(cluster: Cluster) -> None:
    key = cluster.folder / "munge.key"
    key.touch(0o600)
    key.write_bytes(os.urandom(128))
    place = str(cluster.folder / "munge")
    cluster.start(
        "munged",
        *("munged", "--foreground", f"--key-file={key}", f"--socket={place}.socket"),
        *(f"--pid-file={place}.pid", f"--log-file={place}.log", f"--seed-file={place}.seed"),
    )
    until(Path(f"{place}.socket").exists)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as until_all_are_known:
        sockets = [until_all_are_known.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _idle_nodes(cluster: Cluster) -> int:
    try:
        return int(cluster.ask("sinfo", "-h", "-t", "idle", "-o", "%D") or 0)
    except (subprocess.SubprocessError, ValueError):
        return 0  # the controller is not there yet
