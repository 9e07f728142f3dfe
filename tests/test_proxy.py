"""Behind a proxy: where a request came from is what the proxy says, and only the proxy."""

import httpx

from app.models import AuditRow
from tests.factories import Clinic
from tests.pages.waiting import until
from tests.serving import Server


async def test_the_address_is_the_one_the_proxy_saw(server: Server, clinic: Clinic) -> None:
    """What the browser wrote into the header itself comes before, and is not believed."""
    forwarded = {"X-Forwarded-For": "192.0.2.66, 203.0.113.9"}
    async with httpx.AsyncClient(base_url=server.url) as browser:
        await browser.post("/login", data={"email": "x@y.z", "password": "a guess"}, headers=forwarded)
    await until(lambda: [row.address for row in clinic.all(AuditRow) if row.action == "sign-in"] == ["203.0.113.9"])
