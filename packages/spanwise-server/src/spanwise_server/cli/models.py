"""``spanwise models``: what models cost here, newer prices from a file, and history priced anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from spanwise_server.cli.installation import Installation
    from spanwise_server.domain.models import ModelDefinition
    from spanwise_server.services.pricing.models import Models

models = typer.Typer(help="Show what models cost, update built-in prices, price history anew.", no_args_is_help=True)

_DataDir = Annotated[Path | None, typer.Option(help="Data directory of the installation. Default: spanwise-data")]
_Project = Annotated[str | None, typer.Option(help="Id of a project whose own definitions count too.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
_SHOWN_CHANGES = 20


@models.command("list")
def list_models(
    search: Annotated[str | None, typer.Option(help="Only models whose name contains this.")] = None,
    project: _Project = None,
    data_dir: _DataDir = None,
) -> None:
    """List definitions with their prices in USD for a million input and output units."""
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.domain.models import flat_prices

    async def work(installation: Installation) -> None:
        service = _models(installation)
        wanted = (search or "").lower()
        for model in await service.list_models(project or ""):
            if wanted in model.name.lower():
                flat = flat_prices(model)
                cost = "  ".join(_million(price) for price in (flat.input, flat.output))
                typer.echo(f"{model.name:<48}{cost}  {'built in' if model.is_built_in else model.id}")
        typer.echo(f"Built-in prices: {await service.price_source()}", err=True)

    with_installation(data_dir, work)


@models.command()
def show(
    name: Annotated[str, typer.Argument(help="A model name as a client sends it, or the id of a definition.")],
    project: _Project = None,
    data_dir: _DataDir = None,
) -> None:
    """Show which definition a model name means, and its prices."""
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.domain.errors import NotFoundError

    async def work(installation: Installation) -> None:
        service = _models(installation)
        catalog = await service.catalog()
        found = catalog.find(project or "", name)
        model = found.definition if found is not None else catalog.get(project or "", name)
        if model is None:
            raise NotFoundError(
                f"{name} means no model that is known here.",
                hint="Define it over the API (POST /api/public/models), or update the prices with `spanwise models update`.",
            )
        _show(model)

    with_installation(data_dir, work)


@models.command()
def update(
    file: Annotated[Path | None, typer.Option(help="Price file: data.json of the genai-prices project.")] = None,
    *,
    released: Annotated[bool, typer.Option("--released", help="Return to the prices of this release.")] = False,
    dry_run: _DryRun = False,
    data_dir: _DataDir = None,
) -> None:
    """Use newer built-in prices from a file, without a network. A running server takes them up within seconds."""
    from spanwise_server._lib.clock import system_clock
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.domain.errors import ConfigurationError
    from spanwise_server.services.pricing.price_library import read_price_file
    from spanwise_server.services.pricing.price_updates import PriceUpdates

    async def work(installation: Installation) -> None:
        if (file is None) is not released:
            raise ConfigurationError("Give either --file or --released.")
        updates = PriceUpdates(installation.database, clock=system_clock)
        if file is None:
            change = await updates.return_to_released(dry_run=dry_run)
        else:
            change = await updates.replace(read_price_file(file), file.name, dry_run=dry_run)
        typer.echo(f"{change.source}: {change.models} models")
        for word, names in (("new", change.added), ("gone", change.removed)):
            typer.echo(f"{len(names)} {word}{': ' if names else ''}{', '.join(names[:_SHOWN_CHANGES])}{_more(names)}")
        typer.echo(f"{len(change.changed)} with other prices")
        for entry in change.changed[:_SHOWN_CHANGES]:
            typer.echo(f"  {entry.name}: {_difference(entry.before, entry.after)}")
        if len(change.changed) > _SHOWN_CHANGES:
            typer.echo(f"  and {len(change.changed) - _SHOWN_CHANGES} more")
        if change.unknown_keys:
            typer.echo(f"Left out, since this version does not know them: {', '.join(change.unknown_keys)}", err=True)
        typer.echo(
            "Nothing was changed (--dry-run)." if dry_run else "In use. Stored costs stay; see `spanwise models reprice`."
        )

    with_installation(data_dir, work)


@models.command()
def reprice(
    project: Annotated[str, typer.Option(help="Id of the project.")],
    since: Annotated[str | None, typer.Option(help="Only observations that start at or after this time (ISO 8601).")] = None,
    until: Annotated[str | None, typer.Option(help="Only observations that start before this time.")] = None,
    model: Annotated[str | None, typer.Option(help="Only observations with this model name.")] = None,
    resume: Annotated[str | None, typer.Option(help="Where an interrupted run stopped, as it printed.")] = None,
    *,
    dry_run: _DryRun = False,
    data_dir: _DataDir = None,
) -> None:
    """Give stored observations the cost that today's prices say. Costs that clients gave never change.

    Beside a running server LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY must be a key pair of the project.
    """
    from spanwise_server.cli.repricing import RepriceOptions, run_repricing

    options = RepriceOptions(project=project, since=since, until=until, model=model, resume=resume, dry_run=dry_run)
    code = run_repricing(options, data_dir)
    sys.stdout.flush()
    sys.stderr.flush()
    # As in `serve`: the in-process engine may have been opened.
    os._exit(code)


def _models(installation: Installation) -> Models:
    from spanwise_server._lib.clock import system_clock
    from spanwise_server.services.pricing.models import Models

    return Models(installation.database, clock=system_clock)


def _show(model: ModelDefinition) -> None:
    typer.echo(f"Model     {model.name}")
    typer.echo(f"Id        {model.id}{' (built in)' if model.is_built_in else ''}")
    typer.echo(f"Matches   {model.match_pattern}")
    for tier in model.tiers:
        typer.echo(f"Tier      {tier.name}")
        for key, price in tier.prices.items():
            typer.echo(f"          {key:<32}{_million(price)} USD for a million")


def _million(price: object) -> str:
    from decimal import Decimal

    return f"{'-':>12}" if not isinstance(price, Decimal) else f"{(price * 1_000_000).normalize():>12f}"


def _more(names: object) -> str:
    count = len(names) if isinstance(names, list) else 0
    return f" and {count - _SHOWN_CHANGES} more" if count > _SHOWN_CHANGES else ""


def _difference(before: object, after: object) -> str:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return "changed"
    parts = [
        f"{key} {_million(before.get(key)).strip()} → {_million(after.get(key)).strip()}"
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
    return ", ".join(parts) or "prices under conditions"
