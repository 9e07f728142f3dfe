"""NiceGUI's page, lighter: pages that use nothing of Quasar's do not wait for its stylesheets.

They are three quarters of all CSS, and a browser paints nothing before it has them. A page asks by having
`MARK` in its head.
"""

import re

from jinja2 import ChoiceLoader, DictLoader
from nicegui import client

MARK = '<meta name="styles" content="own">'
NAME = "index.html"
_IMPORTS = re.compile(r"^ *@import url\([^)]*(?:fonts|quasar\.\w+(?:\.prod)?)\.css\"\)[^;]*;", re.MULTILINE)


def prepare() -> None:
    """Teach NiceGUI's template about `MARK`; a second call changes nothing."""
    env = client.templates.env
    loader = env.loader
    if loader is None or isinstance(loader, ChoiceLoader):
        return
    source, _, _ = loader.get_source(env, NAME)
    lighter = _IMPORTS.sub(lambda line: f"{{% if mark not in head_html %}}{line[0]}{{% endif %}}", source)
    env.globals["mark"] = MARK
    env.loader = ChoiceLoader([DictLoader({NAME: lighter}), loader])
