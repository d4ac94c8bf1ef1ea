"""numpy, limited to one thread.

The matrices of a search are small, and the cores belong to the runs: threads of the linear
algebra would cost more time than they save. It reads the variables when it is loaded; they
are put back at once, since the runs inherit the environment. A numpy that is already there,
in a process that trains as well, is left as it is.
"""

from __future__ import annotations

import os

_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

_before = {name: os.environ.get(name) for name in _THREADS}
os.environ.update(dict.fromkeys(_THREADS, "1"))
try:
    import numpy as np
    import numpy.random  # noqa: F401 -- numpy loads it late; here, loading is loading
finally:
    for _name, _value in _before.items():
        if _value is None:
            del os.environ[_name]
        else:
            os.environ[_name] = _value

__all__ = ["np"]
