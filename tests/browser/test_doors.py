"""Who gets in, and who is shown the door while the page is open."""

from tests.browser.story import NOT_FOUND, Story, says

STAFF_ONLY = (
    "/doctor/{doctor}", "/doctor/{doctor}/", "/doctor/{doctor}?open=1", "//doctor/{doctor}",
    "/doctor/../doctor/{doctor}", "/doctor-history/{doctor}", "/doctor-history/{doctor}?status=done",
    "/DOCTOR/{doctor}", "/doctor/%31",
    "/reception", "/reception/", "/reception/print/{entry}", "/poster", "/me", "/admin", "/admin/doctors",
    "/admin/entries", "/admin/patients", "/admin/users", "/admin/settings", "/admin/welcome",
)  # fmt: skip


async def test_signing_out_in_one_tab_closes_the_others(story: Story) -> None:
    nair = await story.dashboard()
    history = await story.tab(nair, f"/doctor-history/{story.doctor_id}")
    haddad = await story.dashboard(story.other_id)
    await story.act("sign out: the other tab", nair, nair.get_by_role("button", name="Sign out").click(),
        says(history, "Password"),
    )  # fmt: skip
    await says(nair, "Get your ticket. We call you.")
    await nair.goto(f"{story.server.url}/doctor/{story.doctor_id}")
    await says(nair, "Password")
    await says(haddad, "My queue")  # somebody else's sign-in is not touched
    story.tell(most=2000)


async def test_nobody_reaches_what_is_not_theirs(story: Story) -> None:
    entry = story.clinic.join("Ann Lee")
    stranger = await story.phone("/")
    for path in STAFF_ONLY:
        asked = path.format(doctor=story.doctor_id, entry=entry.id)
        await stranger.goto(story.server.url + asked, wait_until="domcontentloaded")
        shown = await stranger.content()
        assert "Ann Lee" not in shown, path
        assert "Password" in shown or "We can't find that page." in shown, path

    haddad = await story.dashboard(story.other_id)
    for path in ("/doctor/{}", "/doctor-history/{}"):
        await haddad.goto(story.server.url + path.format(story.doctor_id))
        await says(haddad, "We can't find that queue.")
        assert "Ann Lee" not in await haddad.content()
    story.forgive(NOT_FOUND)
