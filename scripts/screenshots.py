"""Pictures of every screen, taken from a demo of its own: `make screenshots`, into shots/.

With `--keep` the best of them go to docs/pictures/, where the README shows them.
"""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.processes import ROOT, free_port, process, wait_until_it_answers

PASSWORD = "pictures-of-the-demo"
SIZES = {"phone": (390, 844), "desktop": (1440, 900), "tablet": (1024, 768), "tv": (1920, 1080), "tall": (1080, 1920)}
READY = "window.did_handshake === true"
KEPT = (
    "ticket-waiting-phone",
    "ticket-called-phone",
    "doctor-desktop",
    "reception-desktop",
    "display-tv",
    "join-phone",
)


@dataclass(frozen=True)
class Shot:
    """One page at some sizes, seen by somebody ("" is nobody signed in)."""

    name: str
    path: str
    sizes: tuple[str, ...]
    who: str = ""
    dark: bool = False


STAFF = ("desktop", "tablet", "phone")
SHOTS = (
    Shot("home", "/", ("phone", "desktop")),
    Shot("join", "/join-queue?doctor=1", ("phone", "desktop")),
    Shot("ticket-waiting", "{waiting}", ("phone", "desktop")),
    Shot("ticket-called", "{called}", ("phone",)),
    Shot("ticket-print", "{waiting}/print", ("desktop",)),
    Shot("display", "/display", ("tv", "tall")),
    Shot("login", "/login", ("phone", "desktop")),
    Shot("me", "/me", ("phone",), "patient1"),
    Shot("doctor", "/doctor/1", STAFF, "doctor1"),
    Shot("doctor-dark", "/doctor/2", ("desktop",), "doctor2", dark=True),
    Shot("history", "/doctor-history/1", ("desktop",), "doctor1"),
    Shot("reception", "/reception", STAFF, "reception"),
    Shot("poster", "/poster?doctor=1", ("desktop",), "reception"),
    Shot("admin-doctors", "/admin/doctors?open=1", STAFF, "admin"),
    Shot("admin-entries", "/admin/entries", ("desktop",), "admin"),
    Shot("admin-patients", "/admin/patients", ("desktop",), "admin"),
    Shot("admin-users", "/admin/users", ("desktop",), "admin"),
    Shot("admin-settings", "/admin/settings", ("desktop", "phone"), "admin"),
)


def main(
    into: Path = typer.Option(Path("shots"), help="Where the pictures go."),
    only: str = typer.Option("", help="Only pages whose name contains this."),
    keep: bool = typer.Option(False, help="Renew the pictures of the README too."),
) -> None:
    """Take the pictures."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        port = free_port()
        settings = {
            "MEDIQUEUE_DATA_DIR": f"{scratch}/data",
            "MEDIQUEUE_PORT": str(port),
            "MEDIQUEUE_DEMO_PASSWORD": PASSWORD,
        }
        log = Path(scratch) / "server.log"
        with process([sys.executable, "main.py", "--demo"], log, settings) as server:
            base = f"http://127.0.0.1:{port}"
            wait_until_it_answers(f"{base}/readyz", server, log)
            asyncio.run(_take(base, into, only))
    if keep:
        _keep(into)


async def _take(base: str, into: Path, only: str) -> None:
    links = _tickets(base)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            if only in shot.name:
                for size in shot.sizes:
                    await _picture(browser, base, shot, size, links, into)
        if not only:
            await _together(browser, into)
        await browser.close()


async def _picture(browser: Browser, base: str, shot: Shot, size: str, links: dict[str, str], into: Path) -> None:
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        base_url=base,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        device_scale_factor=2 if size == "phone" else 1,
    )
    if shot.who:
        await _sign_in(context, shot.who)
    page = await context.new_page()
    await page.goto(shot.path.format(**links))
    if "/print" not in shot.path:
        await page.wait_for_function(READY)
    if shot.name == "display":
        await page.mouse.click(5, 5)  # the tap that turns the sound on
    await page.wait_for_timeout(900)  # fonts and the first snapshot; this is a picture, not a test
    await page.screenshot(path=into / f"{shot.name}-{size}.png")
    await context.close()
    typer.echo(f"{shot.name}-{size}")


async def _sign_in(context: BrowserContext, who: str) -> None:
    page: Page = await context.new_page()
    await page.goto("/login")
    await page.wait_for_function(READY)
    await page.fill("input[type=email], input[name=email]", f"{who}@demo.clinic")
    await page.fill("input[type=password]", PASSWORD)
    await page.press("input[type=password]", "Enter")
    await page.wait_for_url(lambda url: "/login" not in url)
    await page.close()


def _tickets(base: str) -> dict[str, str]:
    """Two people join through the API; one of them is called."""
    with httpx.Client(base_url=f"{base}/api/v1") as api:
        waiting = api.post("/queues/1/tickets", json={"name": "Nina Petrova"}).raise_for_status().json()
        called = api.post("/queues/2/tickets", json={"name": "Leo Martin"}).raise_for_status().json()
        signed = api.post("/session", json={"email": "doctor2@demo.clinic", "password": PASSWORD}).json()
        bearer = {"Authorization": f"Bearer {signed['token']}"}
        queue = api.get("/queues/2", headers=bearer).json()["queue"]
        entry = next(person for person in queue if person["token"] == called["token"])
        api.post(f"/entries/{entry['entry_id']}/call", headers=bearer, json={}).raise_for_status()
    return {"waiting": f"/t/{waiting['link']}", "called": f"/t/{called['link']}"}


async def _together(browser: Browser, into: Path) -> None:
    """The README's picture: dashboard, phone and screen side by side."""
    page = await browser.new_page(viewport={"width": 1600, "height": 900})
    picture = '<img src="{}" style="position:absolute;{};border-radius:{};box-shadow:0 8px 40px #0005">'
    parts = (
        ("doctor-desktop", "left:40px;top:40px;width:1080px", "10px"),
        ("display-tv", "left:600px;top:480px;width:640px", "8px"),
        ("ticket-waiting-phone", "left:1270px;top:120px;width:290px", "26px"),
    )
    html = "".join(picture.format((into / f"{name}.png").resolve().as_uri(), at, radius) for name, at, radius in parts)
    scene = into / "together.html"
    scene.write_text(f'<body style="margin:0;background:#dfe7ea">{html}</body>')
    await page.goto(scene.resolve().as_uri())
    await page.screenshot(path=into / "together.png")
    scene.unlink()


def _keep(into: Path) -> None:
    pictures = ROOT / "docs" / "pictures"
    pictures.mkdir(exist_ok=True)
    for name in (*KEPT, "together"):
        shutil.copy(into / f"{name}.png", pictures / f"{name}.png")


if __name__ == "__main__":
    typer.run(main)
