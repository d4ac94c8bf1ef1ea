from __future__ import annotations

from sweepcli.stores.database import spread


def test_who_began_together_goes_on_apart() -> None:
    found = {spread(5.0) for _ in range(100)}
    assert 0.0 <= min(found) < 1.0
    assert 4.0 < max(found) < 5.0
