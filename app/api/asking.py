"""Who sends a request, from where, and with which request key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from sqlmodel import Session

from app.errors import NotSignedIn
from app.services import idempotency
from app.services.policy import ANONYMOUS, Actor
from app.services.sign_ins import Principal
from app.web import budgets, edge, limits, sessions
from app.web.actions import commit
from app.web.payloads import Json

T = TypeVar("T")

UNGUESSABLE = 16  # characters of a request key
_bearer = HTTPBearer(auto_error=False, description="The token that `POST /v1/session` answers")
_KEY = (
    "Any text of your own, best a random UUID. The same key with the same body gives the first answer again;"
    " with another body it is refused."
)


@dataclass(frozen=True, slots=True)
class Asker:
    principal: Principal | None
    address: str

    @property
    def actor(self) -> Actor:
        return self.principal.actor if self.principal else ANONYMOUS

    @property
    def me(self) -> Principal:
        if self.principal is None:
            raise ANONYMOUS.refused(NotSignedIn(), "open", "api")
        return self.principal


@dataclass(frozen=True, slots=True)
class Doer(Asker):
    """Somebody who wants to change something."""

    key: str | None
    path: str

    async def once(
        self, work: Callable[[Session], Json], body: BaseModel | None = None, actor: Actor | None = None
    ) -> Json:
        """Do `work` in one transaction, or give the first answer to this request key again."""
        said = {"path": self.path, "body": body.model_dump(mode="json") if body else {}}
        asker = self._asker(actor or self.actor)

        def work_once(session: Session) -> Json:
            return idempotency.once(session, asker=asker, key=self.key, body=said, work=lambda: work(session))

        return await commit(work_once)

    def _asker(self, actor: Actor) -> str:
        """Strangers may choose the same simple key; only a long random one is trusted across addresses."""
        simple = actor is ANONYMOUS and self.key is not None and len(self.key) < UNGUESSABLE
        return f"{actor.asker}:{self.address}" if simple else actor.asker


async def _asker(request: Request, _: Annotated[object, Security(_bearer)]) -> Asker:
    address = edge.address_of(request.scope)
    principal = await sessions.principal_of(request)
    limits.hit("api", await budgets.of(request, principal))
    if principal is None and "authorization" in request.headers:
        raise ANONYMOUS.refused(NotSignedIn("Your sign-in has ended. Please sign in again."), "open", "api")
    return Asker(principal, address)


async def _doer(
    request: Request,
    asker: Annotated[Asker, Depends(_asker)],
    idempotency_key: Annotated[
        str, Header(max_length=idempotency.LONGEST_KEY, description=_KEY, examples=["1f0c9a52-7c1e-4d5b"])
    ] = "",
) -> Doer:
    return Doer(asker.principal, asker.address, idempotency_key or None, request.url.path.rstrip("/"))


Asking = Annotated[Asker, Depends(_asker)]
Doing = Annotated[Doer, Depends(_doer)]
