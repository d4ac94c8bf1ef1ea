"""Where a repository comes from: the URL of its remote, without passwords and tokens. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WITH_USER = ("ssh", "git+ssh", "ssh+git")  # whose user name is no secret


def url_of(config: Iterable[tuple[str, str]], branch: str | None) -> str | None:
    """Return the URL of the remote that a branch follows, else of `origin`, else of any."""
    settings = dict(config)
    urls = {
        name[7:-4]: value
        for name, value in settings.items()
        if name.startswith("remote.") and name.endswith(".url")
    }
    followed = settings.get(f"branch.{branch}.remote", "")
    url = urls.get(followed) or urls.get("origin") or next(iter(urls.values()), None)
    return without_credentials(url) if url else None


def without_credentials(url: str) -> str:
    """Return a URL without what may be a password or a token."""
    scheme, is_url, rest = url.partition("://")
    if not is_url:
        return re.sub(r"^([^@/:]+):[^@]*@", r"\1@", url)
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    # A password that holds a slash ends behind it.
    if "@" not in authority and "@" in path and not re.fullmatch(r"[^:]*(:\d*)?", authority):
        authority, slash, path = rest.rpartition("@")[2].partition("/")
    user, has_user, host = authority.rpartition("@")
    if has_user and scheme.rpartition(":")[2] in WITH_USER:
        host = f"{user.partition(':')[0]}@{host}"
    return f"{scheme}://{host}{slash}{path}"
