"""/api/docs: the description of the API as a plain page. No script, nothing from another server."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

Json = dict[str, Any]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>MediQueue API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/mediqueue.css">
<style>main {{ max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem }} code {{ overflow-wrap: anywhere }}
.head {{ flex-wrap: wrap }} main > ul {{ list-style: disc; padding-left: 1.25rem }}</style></head>
<body class="staff"><main class="stack"><h1>MediQueue API</h1>
<p>For programs: <a href="{base}/openapi.json">openapi.json</a>. All paths start with <code>{base}</code>.</p>
<ul>{about}</ul>{operations}<h2 id="shapes">Shapes</h2>{shapes}</main></body></html>"""
_OPERATION = """<section class="card" id="{anchor}"><div class="head"><h2>{summary}</h2>
<code>{method} {path}</code></div><div class="body stack"><p>{about}</p>{parameters}{body}
<table class="tbl"><caption class="vh">Answers</caption><thead><tr><th scope="col">Status</th>
<th scope="col">Meaning</th><th scope="col">Shape</th></tr></thead><tbody>{answers}</tbody></table></div></section>"""
_SHAPE = """<section class="card" id="shape-{name}"><div class="head"><h3>{name}</h3></div>
<div class="body stack"><p>{about}</p><div class="scroll"><table class="tbl"><thead><tr><th scope="col">Field</th>
<th scope="col">Type</th><th scope="col">About</th></tr></thead><tbody>{fields}</tbody></table></div></div></section>"""


def mount(api: FastAPI) -> None:
    api.add_api_route("/docs", _docs, methods=["GET"], include_in_schema=False)


async def _docs(request: Request) -> HTMLResponse:
    return HTMLResponse(page(request.app.openapi(), request.scope.get("root_path", "")))


def page(schema: Json, base: str) -> str:
    """The description `schema` (OpenAPI) for people to read."""
    about = (line.removeprefix("* ") for line in schema["info"]["description"].splitlines() if line.startswith("* "))
    return _PAGE.format(
        base=escape(base),
        about="".join(f"<li>{_marked(line)}</li>" for line in about),
        operations="".join(_operations(schema["paths"])),
        shapes="".join(_shape(name, shape) for name, shape in schema["components"]["schemas"].items()),
    )


def _operations(paths: Json) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield _OPERATION.format(
                anchor=escape(operation["operationId"]),
                summary=escape(operation["summary"]),
                method=method.upper(),
                path=escape(path),
                about=_marked(operation.get("description", "")),
                parameters=_parameters(operation.get("parameters", [])),
                body=_body(operation.get("requestBody")),
                answers="".join(_answer(*answer) for answer in operation["responses"].items()),
            )


def _parameters(parameters: list[Json]) -> str:
    lines = (
        f"<li><code>{escape(p['name'])}</code> ({escape(p['in'])}): {_type(p['schema'])}"
        f" {_marked(p.get('description', ''))}</li>"
        for p in parameters
    )
    return f"<ul>{''.join(lines)}</ul>" if parameters else ""


def _body(body: Json | None) -> str:
    if body is None:
        return ""
    must = "" if body.get("required") else " (may be left out)"
    return f"<p>Body{must}: {_type(body['content']['application/json']['schema'])}</p>"


def _answer(status: str, answer: Json) -> str:
    shape = answer.get("content", {}).get("application/json", {}).get("schema")
    return (
        f'<tr><td class="num">{escape(status)}</td><td>{_marked(answer["description"])}</td>'
        f"<td>{_type(shape) if shape else ''}</td></tr>"
    )


def _shape(name: str, shape: Json) -> str:
    must = shape.get("required", [])
    fields = (
        f"<tr><td><code>{escape(field)}</code>{' *' if field in must else ''}</td><td>{_type(about)}</td>"
        f"<td>{_marked(about.get('description', ''))}</td></tr>"
        for field, about in shape.get("properties", {"value": shape}).items()
    )
    return _SHAPE.format(name=escape(name), about=_marked(shape.get("description", "")), fields="".join(fields))


def _type(schema: Json) -> str:
    """A JSON schema in a few words."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#shape-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return escape(" · ".join(json.dumps(word, ensure_ascii=False) for word in schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return escape(str(schema.get("format") or schema.get("type", "anything")))


def _marked(text: str) -> str:
    """Escaped, with `code` and **strong** made visible."""
    text = escape(text)
    for mark, tag in (("`", "code"), ("**", "b")):
        parts = enumerate(text.split(mark))
        text = "".join(f"<{tag}>{part}</{tag}>" if number % 2 else part for number, part in parts)
    return text
