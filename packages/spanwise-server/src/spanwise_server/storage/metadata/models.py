"""Rows of model definitions and replaced built-in prices. Every change raises the revision in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, delete, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.models import ModelDefinition, PricingTier
from spanwise_server.domain.observations import Micros
from spanwise_server.storage.metadata.tables.models import built_in_prices, models, price_revisions

_ONLY: Final = 1
_TIERS: Final = msgspec.json.Decoder(tuple[PricingTier, ...])


class PriceFile(msgspec.Struct, frozen=True):
    """The file that replaces the released prices."""

    source: str
    content: str
    created_at: Micros


def current_revision(connection: Connection) -> int:
    """Return a number that differs after every change of any model or price."""
    return connection.execute(select(price_revisions.c.revision)).scalar_one_or_none() or 0


def all_models(connection: Connection) -> list[ModelDefinition]:
    """Return the definitions of every project."""
    return [_model_of(row) for row in connection.execute(select(models).order_by(models.c.id)).mappings()]


def project_models(connection: Connection, project_id: str) -> list[ModelDefinition]:
    """Return the definitions of one project."""
    statement = select(models).where(models.c.project_id == project_id).order_by(models.c.id)
    return [_model_of(row) for row in connection.execute(statement).mappings()]


def get_model(connection: Connection, project_id: str, model_id: str) -> ModelDefinition | None:
    """Return a definition of the project, or none."""
    statement = select(models).where(models.c.project_id == project_id, models.c.id == model_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _model_of(row)


def is_taken(connection: Connection, model_id: str) -> bool:
    """Say whether any project has a definition of this id."""
    return connection.execute(select(models.c.id).where(models.c.id == model_id)).first() is not None


def find_model_id(connection: Connection, project_id: str, name: str) -> str | None:
    """Return the id of the project's definition of this name, or none."""
    statement = select(models.c.id).where(models.c.project_id == project_id, models.c.name == name)
    return connection.execute(statement).scalar_one_or_none()


def add_model(connection: Connection, model: ModelDefinition) -> None:
    """Insert a definition.

    Raises:
        ConflictError: its id is taken, or its name in the project.
    """
    try:
        connection.execute(insert(models).values(_columns(model)))
    except IntegrityError as error:
        raise ConflictError(f"the model {model.name!r} exists already") from error
    _raise_revision(connection)


def replace_model(connection: Connection, model: ModelDefinition) -> None:
    """Overwrite the definition of the same project and id."""
    where = (models.c.project_id == model.project_id, models.c.id == model.id)
    connection.execute(update(models).where(*where).values(_columns(model)))
    _raise_revision(connection)


def delete_model(connection: Connection, project_id: str, model_id: str) -> bool:
    """Delete a definition of the project; return whether there was one."""
    where = (models.c.project_id == project_id, models.c.id == model_id)
    is_deleted = connection.execute(delete(models).where(*where)).rowcount > 0
    if is_deleted:
        _raise_revision(connection)
    return is_deleted


def get_price_file(connection: Connection) -> PriceFile | None:
    """Return what replaces the released prices, or none."""
    row = connection.execute(select(built_in_prices)).mappings().one_or_none()
    return None if row is None else PriceFile(row["source"], row["content"], row["created_at"])


def put_price_file(connection: Connection, file: PriceFile | None) -> None:
    """Replace the released prices, or (``None``) return to them."""
    connection.execute(delete(built_in_prices))
    if file is not None:
        values = {"source": file.source, "content": file.content, "created_at": file.created_at}
        connection.execute(insert(built_in_prices).values(id=_ONLY, **values))
    _raise_revision(connection)


def _raise_revision(connection: Connection) -> None:
    raised = connection.execute(update(price_revisions).values(revision=price_revisions.c.revision + 1)).rowcount
    if not raised:
        connection.execute(insert(price_revisions).values(id=_ONLY, revision=1))


def _columns(model: ModelDefinition) -> dict[str, Any]:
    return {
        "id": model.id,
        "project_id": model.project_id,
        "name": model.name,
        "match_pattern": model.match_pattern,
        "start_date": model.start_date,
        "unit": model.unit,
        "tiers": msgspec.json.encode(model.tiers).decode(),
        "tokenizer_id": model.tokenizer_id,
        "tokenizer_config": null() if model.tokenizer_config is None else model.tokenizer_config,
        "created_at": model.created_at,
        "updated_at": model.updated_at,
    }


def _model_of(row: RowMapping) -> ModelDefinition:
    tiers: Sequence[PricingTier] = _TIERS.decode(row["tiers"])
    return ModelDefinition(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        match_pattern=row["match_pattern"],
        start_date=row["start_date"],
        unit=row["unit"],
        tiers=tuple(tiers),
        tokenizer_id=row["tokenizer_id"],
        tokenizer_config=row["tokenizer_config"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
