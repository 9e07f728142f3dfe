"""First load of a ticket page on a slow phone: what it transfers, and when the ticket number can be read."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from bench.machine import browser_program
from bench.push import start_mediqueue
from bench.systems import API, DOCTOR

LOADS, QUICK_LOADS = 7, 2
SCREEN: ViewportSize = {"width": 390, "height": 844}
CPU_SLOWDOWN = 4
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PATIENCE_MS = 30_000
QUIET_MS = 1_500

# Each frame looks for the number among the words that show; the time is taken once that frame is painted.
WATCH = """
  window.bench = {number: 0, fcp: 0, lcp: 0};
  const keep = (type, name) => new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.name !== 'first-paint') bench[name] = entry.startTime;
  }).observe({type, buffered: true});
  keep('paint', 'fcp');
  keep('largest-contentful-paint', 'lcp');
  const shows = () => {
    const words = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const word = words.currentNode;
      if (word.data.trim() === TOKEN && word.parentElement.checkVisibility()) return true;
    }
  };
  const look = () => requestAnimationFrame(() => {
    if (shows()) setTimeout(() => bench.number = performance.now());
    else look();
  });
  look();
"""


@dataclass(frozen=True)
class FirstLoad:
    transferred_kb: float
    requests: int
    first_paint_ms: float
    number_ms: float
    largest_paint_ms: float


def measure(directory: Path, quick: bool, say: Callable[[str], None]) -> list[FirstLoad]:
    say("phone")
    with start_mediqueue(directory) as server, sync_playwright() as playwright:
        ticket = take_ticket(server.base)
        browser = playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        url = f"{server.base}/t/{ticket['link']}"
        return [first_load(browser, url, ticket["token"]) for _ in range(QUICK_LOADS if quick else LOADS)]


def take_ticket(base: str) -> dict[str, str]:
    request = urllib.request.Request(
        f"{base}{API}/queues/{DOCTOR}/tickets",
        data=json.dumps({"name": "Asha Rao"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        ticket: dict[str, str] = json.load(answer)
        return ticket


def first_load(browser: Browser, url: str, token: str) -> FirstLoad:
    """In a new context: nothing cached, no connection open."""
    with browser.new_context(viewport=SCREEN, device_scale_factor=2, is_mobile=True) as context:
        context.add_init_script(f"{{ const TOKEN = {json.dumps(token)}; {WATCH} }}")
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        received: list[float] = []
        devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", NETWORK)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        page.goto(url, wait_until="load", timeout=PATIENCE_MS)
        page.wait_for_function("bench.number && window.did_handshake", timeout=PATIENCE_MS)
        page.wait_for_timeout(QUIET_MS)
        times: dict[str, float] = page.evaluate("bench")
    return FirstLoad(
        sum(received) / 1000, len(received), times["fcp"], max(times["number"], times["fcp"]), times["lcp"]
    )
