"""Makes the picture of the page in the README: `python docs/screenshot.py`.

A sweep of a real (small) network is run in a temporary folder, its page is opened in a browser,
and the top of it becomes docs/sweep.png.
"""  # noqa: INP001 -- a script, not part of a package

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
RUNS = 60
SIZE = ViewportSize(width=1440, height=1280)  # of the page
COLOURS = 256  # of the picture, so that the file is small
SCRIPTS = os.path.dirname(sys.executable)


def run(*words: str, given: str | None = None) -> str:
    """Run one of our commands in the repository's root; return what it answers."""
    command = [os.path.join(SCRIPTS, words[0]), *words[1:]]
    environ = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    answer: str = subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        input=given,
    ).stdout
    return answer.strip()


def picture(address: str) -> Image.Image:
    """Return what a browser shows at an address, once all is drawn."""
    found = next(filter(None, map(shutil.which, BROWSERS)))
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(address)
        page.wait_for_selector(f"[data-drawn='{RUNS}']")
        page.wait_for_load_state("load")
        taken = page.screenshot()
        browser.close()
    return Image.open(io.BytesIO(taken))


def main() -> None:
    """Run the sweep, and take its picture."""
    with open(os.path.join(ROOT, "sample_configs", "random.yaml"), encoding="utf-8") as file:
        config = file.read()
    config = config.replace("{name: val_acc, goal: maximize}", "{name: val_loss, goal: minimize}")
    config = config.replace("run_cap: 20", f"run_cap: {RUNS}\nseed: 5\nname: two moons")
    with tempfile.TemporaryDirectory() as results:
        names = ("--entity", "ada", "--project", "moons", "--dir", results)
        path = run("sweep", *names, "-", given=config)
        run("agent", "-j", "2", "--quiet", "--dir", results, path)
        server = subprocess.Popen(
            [os.path.join(SCRIPTS, "sweep"), "ui", "--no-browser", "--dir", results, path],
            stdout=subprocess.PIPE,
            text=True,
        )
        with server:
            taken = picture(server.stdout.readline().strip() if server.stdout else "")
            server.terminate()
    small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(os.path.join(HERE, "sweep.png"), optimize=True)


if __name__ == "__main__":
    main()
