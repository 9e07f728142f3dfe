import time
from tests.browser.story import *
async def test_dbg(story):
    t=time.time()
    def lap(w):
        nonlocal t
        print(f"{time.time()-t:.2f} {w}"); t=time.time()
    ann = await story.phone(); lap("phone")
    nair = await story.dashboard(); lap("dash")
    await ann.get_by_text("Meera Nair").tap(); lap("tap doctor")
    await ann.get_by_label("Your name").fill("Ann"); lap("fill")
    await button(ann,"Get my ticket").tap(); lap("tap")
    await says(ann,"Your number"); lap("says")
    print(await ann.evaluate("document.body.innerText"))
    await says(nair,"Ann"); lap("dashboard")
