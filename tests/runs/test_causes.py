"""Which line of an output says why the program failed. The outputs are as real programs print."""

from __future__ import annotations

import time

import pytest

from sweepcli.records import Ending, RunState
from sweepcli.runs import causes

PLAIN = """\
epoch 1
Traceback (most recent call last):
  File "train.py", line 9, in <module>
    train(0.1)
    ~~~~~^^^^^
  File "train.py", line 5, in train
    raise ValueError("bad lr")
ValueError: bad lr
"""
HYDRA_END = """
Set the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace.
"""
HYDRA = f"Error executing job with overrides: ['lr=0.1']\n{PLAIN}{HYDRA_END}"
HYDRA_STRUCT = f"""\
Could not override 'nothere'.
To append to your config use +nothere=3
Key 'nothere' is not in struct
    full_key: nothere
    object_type=dict
{HYDRA_END}"""
HYDRA_GROUP = f"""\
In 'config': Could not find 'model/rnn'

Available options in 'model':
\tcnn
Config search path:
\tprovider=hydra, path=pkg://hydra.conf
\tprovider=schema, path=structured://
{HYDRA_END}"""
HYDRA_GRAMMAR = f"""\
no viable alternative at input '['
See https://hydra.cc/docs/1.2/advanced/override_grammar/basic for details
{HYDRA_END}"""
HYDRA_TARGET = f"""\
Error executing job with overrides: ['opt=inst']
Error in call to target 'math.sqrt':
ValueError('math domain error')
{HYDRA_END}"""
CHAINED = f"""\
Traceback (most recent call last):
  File "train.py", line 2, in <module>
    {{}}["a"]
KeyError: 'a'

The above exception was the direct cause of the following exception:

{PLAIN}"""
GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "train.py", line 13, in main
  |     raise ExceptionGroup("two", [ValueError("a"), TypeError("b")])
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "train.py", line 11, in main
    |     raise ValueError("a")
    | ValueError: a
    +---------------- 2 ----------------
    | TypeError: b
    +------------------------------------
"""
DRAWN = """\
╭────────────────────── Traceback (most recent call last) ──────────────────────╮
│ /home/me/train.py:16 in main                                                  │
│                                                                               │
│ ❱ 16 │   raise ValueError(f"bad lr {lr}")                                     │
│ ╭── locals ──╮                                                                │
│ │   lr = 0.1 │                                                                │
│ ╰────────────╯                                                                │
╰───────────────────────────────────────────────────────────────────────────────╯
ValueError: bad lr 0.1
"""
NOTEBOOK = """\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
Cell In[1], line 1
----> 1 raise ValueError("bad lr")

ValueError: bad lr
"""
ELASTIC = """\
E1201 04:03:04.000 123 torch/distributed/elastic/multiprocessing/api.py:874] failed (exitcode: 1) \
local_rank: 0 (pid: 1234) of binary: /usr/bin/python
Traceback (most recent call last):
  File "/usr/bin/torchrun", line 8, in <module>
    sys.exit(main())
  File "/lib/torch/distributed/launcher/api.py", line 264, in launch_agent
    raise ChildFailedError(
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
  <NO_OTHER_FAILURES>
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-12-01_04:03:04
  host      : node01
  rank      : 1 (local_rank: 1)
  exitcode  : 1 (pid: 1234)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
"""
KILLED = ELASTIC.replace(
    "To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html",
    "Signal 9 (SIGKILL) received by PID 1234",
)
RECORDED = """\
  error_file: /tmp/torchelastic/error.json
  traceback : Traceback (most recent call last):
    File "/lib/torch/distributed/elastic/multiprocessing/errors/__init__.py", line 346, in wrapper
      return f(*args, **kwargs)
    File "/home/me/train.py", line 5, in main
      raise ValueError("bad lr")
  ValueError: bad lr
  
============================================================
"""  # noqa: W293 -- as torchrun writes it
SPAWNED = f"""\
Traceback (most recent call last):
  File "train.py", line 20, in <module>
    mp.spawn(main, nprocs=2)
torch.multiprocessing.spawn.ProcessRaisedException:

-- Process 1 terminated with the following error:
{PLAIN}
"""
ACCELERATE = f"""{PLAIN}Traceback (most recent call last):
  File "/usr/bin/accelerate", line 8, in <module>
    sys.exit(main())
subprocess.CalledProcessError: Command '['python', 'train.py']' returned non-zero exit status 1.
"""
LOADER = """\
Traceback (most recent call last):
  File "train.py", line 9, in <module>
    for batch in loader:
ValueError: Caught ValueError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/lib/torch/utils/data/_utils/worker.py", line 309, in _worker_loop
    data = fetcher.fetch(index)
ValueError: bad sample
"""
RAY = """\
(train pid=77, ip=10.0.0.1) started
Traceback (most recent call last):
  File "driver.py", line 5, in <module>
    ray.get(train.remote())
ray.exceptions.RayTaskError(ValueError): ray::train() (pid=77, ip=10.0.0.1)
  File "driver.py", line 3, in train
    raise ValueError("bad lr")
ValueError: bad lr
"""
LATE = f"""{PLAIN}Exception ignored in: <function E.__del__ at 0x7f>
Traceback (most recent call last):
  File "train.py", line 2, in __del__
TypeError: late
"""
LIGHTNING = f"""\
  0%|          | 0/10 [00:00<?, ?it/s]{PLAIN.partition("epoch 1")[2].lstrip()}"""


def prefixed(*texts: tuple[str, str]) -> str:
    """Return what several processes print at once, each line behind a prefix."""
    columns = [[f"{prefix}{line}" for line in text.splitlines()] for prefix, text in texts]
    rounds = range(max(map(len, columns)))
    lines = [column[at] for at in rounds for column in columns if at < len(column)]
    return "\n".join(lines)


OTHER = PLAIN.replace("ValueError: bad lr", "RuntimeError: Connection closed by peer")


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (PLAIN, "ValueError: bad lr"),
        (f"{PLAIN}\nsaved nothing\n", "ValueError: bad lr"),
        (PLAIN.replace("bad lr\n", "\nthe rate\n  is bad\n"), "ValueError: the rate"),
        (
            PLAIN.replace("ValueError: bad lr", "ValueError: 3 wrong\nlr: bad\nwidth: odd"),
            "ValueError: 3 wrong",
        ),
        (PLAIN.replace("ValueError: bad lr", "AssertionError"), "AssertionError"),
        (
            f"\x1b[31m{PLAIN.replace('ValueError:', 'ValueError:' + chr(27) + '[0m')}",
            "ValueError: bad lr",
        ),
        (f"{PLAIN}wandb: Error uploading\nwandb:\n", "ValueError: bad lr"),
        (CHAINED, "ValueError: bad lr"),
        (
            CHAINED.replace("The above exception was the direct cause of", "During handling of"),
            "ValueError: bad lr",
        ),
        (GROUP, "TypeError: b"),
        (DRAWN, "ValueError: bad lr 0.1"),
        (NOTEBOOK, "ValueError: bad lr"),
        (LATE, "ValueError: bad lr"),
        (LIGHTNING, "ValueError: bad lr"),
        (LOADER, "ValueError: bad sample"),
        (RAY, "ValueError: bad lr"),
        # No colon, and nothing before it: some write the words themselves.
        (f"{causes.HEADER}\nValueError: bad lr", "ValueError: bad lr"),
        (
            f"\x1b[31m{PLAIN.replace('last):', 'last):' + chr(27) + '[0m' + chr(13))}",
            "ValueError: bad lr",
        ),
    ],
)
def test_the_cause_is_the_line_of_the_last_exception(output: str, cause: str) -> None:
    assert causes.of(output) == cause


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (HYDRA, "ValueError: bad lr"),
        (HYDRA_STRUCT, "Key 'nothere' is not in struct"),
        (HYDRA_GROUP, "In 'config': Could not find 'model/rnn'"),
        (HYDRA_GRAMMAR, "no viable alternative at input '['"),
        (HYDRA_TARGET, "ValueError('math domain error')"),
    ],
)
def test_the_cause_is_not_what_hydra_adds_at_its_end(output: str, cause: str) -> None:
    assert causes.of(output) == cause


@pytest.mark.parametrize(
    "output",
    [
        f"{PLAIN}{ELASTIC}",
        prefixed(("[rank0]: ", OTHER), ("[rank1]: ", PLAIN)) + f"\n{ELASTIC}",
        prefixed(("[rank1]: ", PLAIN), ("[rank0]: ", f"\n\n\n{OTHER}")) + f"\n{ELASTIC}",
        prefixed(("[default0]:", OTHER), ("[default1]:[rank1]: ", PLAIN)) + f"\n{ELASTIC}",
        prefixed((" 0: ", f"x\n{PLAIN}"), ("11: ", PLAIN))
        + "\nsrun: error: n1: task 0: Exited with exit code 1",
        prefixed(("[1,0]<stderr>:", PLAIN), ("[1,1]<stderr>:", "epoch")),
        f"{ELASTIC.partition('  error_file')[0]}{RECORDED}",
        SPAWNED,
        ACCELERATE,
    ],
)
def test_the_cause_is_found_in_what_launchers_of_several_processes_print(output: str) -> None:
    assert causes.of(output) == "ValueError: bad lr"


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("usage: t.py [-h]\nt.py: error: argument --lr: bad\n", "t.py: error: argument --lr: bad"),
        (f"t.py: error: argument --lr: bad\n{ELASTIC}", "t.py: error: argument --lr: bad"),
        ("ERROR: Could not consume arg: --x\nUsage: t.py\n", "ERROR: Could not consume arg: --x"),
        (
            "FATAL Flags parsing error:\n  Unknown flag 'x'\nPass --help\n",
            "FATAL Flags parsing error: Unknown flag 'x'",
        ),
        ("╭─ Error ────╮\n│ No such option: --x │\n╰────╯\n", "No such option: --x"),
        (
            "terminate called\n  what():  std::runtime_error\nAborted\n",
            "what():  std::runtime_error",
        ),
        (
            "terminate called after throwing 'std::logic_error'\n  what():  no mesh\nAborted\n",
            "what():  no mesh",
        ),
        (
            "sim: sim.c:12: main: Assertion `x > 0' failed.\nAborted (core dumped)\n",
            "sim: sim.c:12: main: Assertion `x > 0' failed.",
        ),
        (
            "F0102 10:00:00.1 12 t.cc:13] Check failed: x > 0\n    @ 0x7f Fail()\n",
            "F0102 10:00:00.1 12 t.cc:13] Check failed: x > 0",
        ),
        (
            "10:00:01 CRITICAL train: no data\n10:00:02 INFO train: bye\n",
            "10:00:01 CRITICAL train: no data",
        ),
        (
            "Fortran runtime error: End of file\n\nError termination. Backtrace:\n#0  0x7f2\n",
            "Fortran runtime error: End of file",
        ),
        (
            "error: 'x' undefined\nerror: called from\n    main at line 3\n",
            "error: 'x' undefined",
        ),
        (
            "x.c:3: fatal error: no foo.h\nmake: *** [Makefile:3: x] Error 1\n",
            "x.c:3: fatal error: no foo.h",
        ),
        ("error: no disk\nepoch 3 error: 0.31 val_error=0.2\n", "error: no disk"),
        ("0 errors, no error\ndone\n", "done"),
        ("error: no disk\nfinal error rate: 12%\nbest error 3.5\n", "error: no disk"),
        ("x.py:1: FutureWarning: an error in 1.4\n[WARN] error ahead\nbad\n", "bad"),
        ("╭─ Parsing ──╮\n│ Unrecognized: --x │\n│ For help │\n╰────╯\n", "Unrecognized: --x"),
        ("╭─ Required ─╮\n│ Missing: │\n│  --lr   │\n╰────╯\n", "Missing: --lr"),
        ("╭─ Value ─╮\n│ Error parsing --lr: a │\n│ Help │\n╰────╯\n", "Error parsing --lr: a"),
        ("╭────╮\n│ loss 0.5 │\n╰────╯\nno disk left\n", "no disk left"),
        ("no GPU left\n ====\n\nwandb: x\n", "no GPU left"),
        ("terror\nthe terrorist\n", "the terrorist"),
        ("", ""),
        (KILLED, "Signal 9 (SIGKILL) received by PID 1234"),
        (
            ELASTIC,
            "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: train.py FAILED",
        ),
    ],
)
def test_without_an_exception_the_cause_is_the_last_line_that_says_error(
    output: str, cause: str
) -> None:
    assert causes.of(output) == cause


def failed(output: str | None, code: int = 1, reason: str = "exit code 1") -> Ending:
    return Ending(RunState.FAILED, code, reason, 9.0, output)


NOT_FOUND = "exit code 127: a program in the command was not found"
SAID = "finish() said exit code 3"


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (failed(PLAIN), "exit code 1: ValueError: bad lr"),
        (failed("a\n no GPU left \n"), "exit code 1: no GPU left"),
        (failed(HYDRA_END), "exit code 1"),
        (failed(None), "exit code 1"),
        (failed(PLAIN, 3, SAID), f"{SAID}: ValueError: bad lr"),
        (failed("sh: x: not found", 127, NOT_FOUND), f"{NOT_FOUND}: sh: x: not found"),
        (
            failed("Fatal Python error: x", -11, "killed by SIGSEGV"),
            "killed by SIGSEGV: Fatal Python error: x",
        ),
    ],
)
def test_a_reason_has_what_a_program_said_that_failed_by_itself(
    ending: Ending, reason: str
) -> None:
    assert causes.explained(ending, ending.output).reason == reason


@pytest.mark.parametrize(
    "ending",
    [
        failed("x", reason="exit code 1: ValueError: bad lr"),
        failed(PLAIN, -9, "killed by SIGKILL"),
        failed(PLAIN, -2, "its timeout of 3 s is over"),
        failed(PLAIN, 1, "the sweep was canceled"),
    ],
)
def test_a_reason_stays_where_it_is_known_or_came_from_outside(ending: Ending) -> None:
    assert causes.explained(ending, ending.output) == ending


def test_a_cause_is_one_line_of_bounded_length_that_commands_no_terminal() -> None:
    found = causes.of(PLAIN.replace("bad lr", f"\x1b]0;title\x07\x00{'x' * 5000}"))
    assert (len(found), found.isprintable()) == (causes.LONGEST, True)


def test_a_large_output_costs_little() -> None:
    lines = ["x" * 999, "+" + "-" * 998, "error" * 199, "[" * 999, "(" * 999, "a1" * 499]
    since = time.process_time()

    assert causes.of("\n".join(["t.py: error: bad", *lines * 40])) == "t.py: error: bad"
    assert time.process_time() - since < 2
