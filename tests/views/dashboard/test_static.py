"""What holds for every file that the browser gets."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sweepcli.views.dashboard import page

STATIC = Path(page.STATIC)
MODULES = sorted(STATIC.glob("*.js"))
TESTS = sorted(Path(__file__).parent.glob("js/*.js"))
FILES = sorted(STATIC.iterdir())
MOST_LINES = 400
WIDTH = 100  # columns, which the formatter keeps but in comments and texts
# All imports have one form, by which an exported page renames them.
IMPORT = re.compile(r'^import \{([\w,\s]+)\} from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
# What would take text for markup or code, or ask another place than our own.
UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|"
    r"createContextualFragment|srcdoc|javascript:|\bimport\(|https?://(?!www\.w3\.org/2000/svg)"
)


def name(file: Path) -> str:
    return file.name


every_module = pytest.mark.parametrize("module", MODULES, ids=name)


def imports(module: Path) -> dict[str, list[str]]:
    """Return the names that a module imports, by the module that has them."""
    text = module.read_text("utf-8")
    found = list(IMPORT.finditer(text))
    assert len(found) == len(re.findall("^import", text, re.MULTILINE)), "an import of another form"
    return {m[2]: [each.strip() for each in m[1].split(",") if each.strip()] for m in found}


@pytest.mark.parametrize("file", FILES, ids=name)
def test_nothing_is_taken_for_markup_and_nothing_comes_from_elsewhere(file: Path) -> None:
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")

    assert UNSAFE.search(text) is None
    if file.suffix == ".html":
        assert re.search(r"<[^>]*\s(style|on\w+)=", text) is None


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_is_short_and_says_what_it_holds(file: Path) -> None:
    text = file.read_text("utf-8")

    assert len(text.splitlines()) <= MOST_LINES
    if file.suffix != ".html":
        assert max(map(len, text.splitlines())) <= WIDTH
    starts = {".js": "// ", ".css": "/* ", ".html": "<!doctype html>"}
    assert text.startswith(starts[file.suffix])


@every_module
def test_what_a_module_imports_is_there(module: Path) -> None:
    for other, names in imports(module).items():
        exports = EXPORT.findall((STATIC / f"{other}.js").read_text("utf-8"))
        assert set(names) <= set(exports), other


@every_module
def test_what_a_module_exports_is_used(module: Path) -> None:
    used = {each for other in MODULES for each in imports(other).get(module.stem, [])}
    tested = "".join(test.read_text("utf-8") for test in TESTS)

    for name in set(EXPORT.findall(module.read_text("utf-8"))) - used:
        assert re.search(rf"\b{name}\b[^;]*#static/{module.stem}\.js", tested), name


def test_every_module_and_style_is_part_of_the_page() -> None:
    page = (STATIC / "index.html").read_text("utf-8")
    reached, waiting = set[str](), ["app"]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += imports(STATIC / f"{module}.js")

    assert reached == {module.stem for module in MODULES}
    styles = {file.name for file in FILES if file.suffix == ".css"}
    assert set(re.findall(r"/static/(\w+\.css)", page)) == styles


def test_the_page_names_commands_that_work_beside_another_agent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agent").write_text("#!/bin/sh\n")
    (tmp_path / "agent").chmod(0o755)
    start = '<html data-sweep="sweep" data-agent="{}" lang="en">'
    assert start.format("agent") in page.html("/static/")

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert start.format("sweepcli agent") in page.html("/static/")
