"""Names of code, of data and of secrets; remotes without credentials; patterns of configs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepcli.code import remotes, rules


@pytest.mark.parametrize(
    "path",
    [
        *(
            "train.py",
            "src/net.cu",
            "a/Makefile",
            "requirements.txt",
            "conf/model.yaml",
            "setup.cfg",
        ),
        *("data/loader.py", "runs/first.py", "prompts/ask.md", ".project-root", "lib.so"),
    ],
)
def test_these_are_code_if_git_tracks_them(path: str) -> None:
    assert rules.is_tracked_code(path)


@pytest.mark.parametrize(
    "path",
    [
        *("data.csv", "a/model.PT", "x.log", "events.out.tfevents.1.host", "README.md", "LICENSE"),
        *("docs/CHANGELOG.rst", ".gitignore", ".github/workflows/ci.yml", "results/table.json"),
        *("nb.ipynb", "picture.png", "sweep.yaml", "sweeps/lr.yml", "work_dirs/a/config.json"),
    ],
)
def test_these_are_not(path: str) -> None:
    assert not rules.is_tracked_code(path)


@pytest.mark.parametrize(
    "path",
    [
        *(".env", "a/.env.local", "prod.env", "id_ed25519", "x.pem", "server.key", ".netrc"),
        *("secrets.yaml", "app_secret.json", "credentials", "credentials.json", ".aws/config"),
        *("client_secret_1.json", "service-account-x.json", "kaggle.json", ".pypirc", "token.txt"),
        *("my.token", ".git-credentials", "SECRETS.TOML", "api_key.txt"),
    ],
)
def test_these_may_be_secrets(path: str) -> None:
    assert rules.is_secret(path, is_tracked=False)
    assert rules.is_secret(path, is_tracked=True)


@pytest.mark.parametrize(
    "path", ["train.py", ".env.example", "tokenizer.json", "environment.yml", "keys.py", "env.py"]
)
def test_these_are_no_secrets(path: str) -> None:
    assert not rules.is_secret(path, is_tracked=False)


def test_a_module_called_secrets_is_part_of_the_program_if_git_tracks_it() -> None:
    assert rules.is_secret("secrets.py", is_tracked=False)
    assert not rules.is_secret("secrets.py", is_tracked=True)


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("conf", ["conf", "conf/a/b.json"], ["config", "a/conf"]),
        ("conf/*.json", ["conf/a.json"], ["conf/a/b.json", "conf/a.jsonl"]),
        ("**/*.json", ["a.json", "a/b/c.json"], ["a.txt"]),
        ("./data/**", ["data/a", "data/a/b"], ["data2/a"]),
        ("a?.txt", ["ab.txt"], ["abc.txt", "a/.txt"]),
        ("../lib/*.so", ["../lib/x.so"], ["lib/x.so"]),
        ("a[1].py", ["a[1].py"], ["a1.py"]),
    ],
)
def test_patterns_of_a_config(pattern: str, fits: list[str], does_not: list[str]) -> None:
    matches = rules.matcher(["never", pattern])

    assert [path for path in (*fits, *does_not) if matches(path)] == fits


def test_no_patterns_match_nothing() -> None:
    assert not rules.matcher([])("")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/me/code.git", "https://example.org/me/code.git"),
        ("https://me:pw@example.org:8443/c", "https://example.org:8443/c"),
        ("https://TOKEN@example.org/c", "https://example.org/c"),
        ("https://me:p@w@example.org/c", "https://example.org/c"),
        ("https://me:p/w@example.org/c", "https://example.org/c"),
        ("https://example.org/c?private_token=1#x", "https://example.org/c"),
        ("https://example.org/@scope/c", "https://example.org/@scope/c"),
        ("ssh://git:pw@example.org:22/c", "ssh://git@example.org:22/c"),
        ("git@example.org:me/code.git", "git@example.org:me/code.git"),
        ("git:pw@example.org:me/code.git", "git@example.org:me/code.git"),
        ("/srv/git/code.git", "/srv/git/code.git"),
        ("file:///srv/git/code.git", "file:///srv/git/code.git"),
        ("helper::https://me:pw@example.org/c", "helper::https://example.org/c"),
    ],
)
def test_a_remote_is_kept_without_credentials(url: str, kept: str) -> None:
    assert remotes.without_credentials(url) == kept


def test_the_remote_is_the_one_that_the_branch_follows_else_origin_else_any() -> None:
    config = [("remote.b.url", "/b"), ("remote.origin.url", "/o"), ("branch.main.remote", "b")]

    assert remotes.url_of(config, "main") == "/b"
    assert remotes.url_of(config, None) == "/o"
    assert remotes.url_of(config[:1], "main") == "/b"
    assert remotes.url_of([], "main") is None


def test_the_endings_and_names_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "code.md").read_text("utf-8").lower()
    words = set(page.replace("`", " ").replace(",", " ").replace(":", " ").split())

    for names in (rules.SOURCE, rules.SOURCE_NAMES, rules.CONFIG, rules.DATA, rules.OUTPUTS):
        assert names <= words
    assert {*rules.NEVER, *rules.CONFIG_FOLDERS} <= words
    limits = (rules.MOST_BYTES, rules.MOST_KEPT, rules.MOST_READ)
    assert all(f"{limit // 10**6} mb" in page for limit in limits)
    assert f"{rules.MOST_FILES:,} untracked files" in page
    assert f"up to {rules.MOST_LEFT_OUT} in" in page
