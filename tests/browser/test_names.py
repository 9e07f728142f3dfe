"""Names of any kind are text: nothing in them runs, nothing falls out of its frame."""

from tests.browser.story import Story, join, key, says

NAMES = (
    '<img src=x onerror="window.xss = 1">',
    "<script>window.xss = 1</script>",
    "{{ (window.xss = 1) }} ${window.xss = 1}",
    "محمد عبد الرحمن بن عبد الله",
    "W" * 80,
)
DOCTOR = 'Dr <b onclick="window.xss = 1">Bold</b> {{ 7 * 7 }}'
WIDTH = "document.documentElement.scrollWidth"


async def test_names_are_text_everywhere(story: Story) -> None:
    story.clinic.edit_doctor(name=DOCTOR)
    phone = await story.phone()
    await join(phone, NAMES[0], DOCTOR)
    for name in NAMES[1:]:
        story.clinic.join(name)
    await says(phone, DOCTOR)
    nair, desk, screen = await story.dashboard(), await story.desk(), await story.screen()
    for name in NAMES:
        await says(nair, name)
        await says(desk, name)
    await key(nair, "N")
    await says(phone, DOCTOR, ".takeover")
    await says(screen, "A1", ".call.new")
    home, joining = await story.tab(phone, "/"), await story.tab(phone, "/join-queue")
    await says(home, DOCTOR)
    await says(joining, DOCTOR)
    everybody = {"ticket": phone, "dashboard": nair, "desk": desk, "screen": screen, "home": home, "join": joining}
    for what, page in everybody.items():
        assert await page.evaluate("window.xss") is None, what
        assert await page.locator("img[src=x], b[onclick]").count() == 0, what
        for width, height in ((1440, 900), (390, 844)):
            await page.set_viewport_size({"width": width, "height": height})
            if page is not screen:  # which is no bigger than its wall, and moves a little
                assert await page.evaluate(WIDTH) <= width, f"{what} at {width}"
