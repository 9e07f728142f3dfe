"""Alembic's entry. The address comes from the settings, or from whoever calls (`app.db.migrate`)."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import app.models  # noqa: F401  every table registers itself
from app.settings import settings


def run() -> None:
    url = context.config.attributes.get("url") or settings().url
    engine = create_engine(url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            compare_type=True,
            user_module_prefix="base.",
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
