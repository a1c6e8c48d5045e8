"""``spanwise keys``: makes, lists and revokes API keys in an installation's database. A running server notices within seconds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spanwise_server.cli.installation import Installation
    from spanwise_server.domain.accounts import ApiKey
    from spanwise_server.services.administration.api_keys import KeyAdministration

keys = typer.Typer(help="Make, list and revoke API keys of projects and organizations.", no_args_is_help=True)

_DAY_MICROS = 86_400_000_000
_DataDir = Annotated[Path | None, typer.Option(help="Data directory of the installation. Default: spanwise-data")]
_Project = Annotated[str | None, typer.Option(help="Id of a project.")]
_Organization = Annotated[str | None, typer.Option(help="Id of an organization.")]


@keys.command()
def create(
    *,
    project: _Project = None,
    organization: _Organization = None,
    note: Annotated[str | None, typer.Option(help="What the key is for.")] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it ends. Default: never")] = None,
    data_dir: _DataDir = None,
) -> None:
    """Make a key of a project or an organization and print it: the one time that its secret is shown."""
    from spanwise_server._lib.clock import system_clock
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.services.administration.api_keys import KeyRequest
    from spanwise_server.services.api_keys import KeyTerms

    expires_at = None if expires_in_days is None else system_clock() + expires_in_days * _DAY_MICROS
    request = KeyRequest(terms=KeyTerms(note=note, expires_at=expires_at))

    async def work(installation: Installation) -> None:
        administration = _administration(installation)
        _check_owner(installation, project, organization)
        if project is not None:
            made = await administration.create_for_project(_organization_of(installation, project), project, request)
        else:
            made = await administration.create_for_organization(organization or "", request)
        typer.echo(f"Public key  {made.key.public_key}")
        typer.echo(f"Secret key  {made.secret_key}")
        typer.echo("The secret is shown once. Keep it now.", err=True)

    with_installation(data_dir, work)


@keys.command("list")
def list_keys(*, project: _Project = None, organization: _Organization = None, data_dir: _DataDir = None) -> None:
    """List keys, without their secrets: all of them, or those of a project or an organization."""
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.storage.metadata import api_keys

    async def work(installation: Installation) -> None:
        found = await installation.database.read(api_keys.list_api_keys)
        _print_keys(
            [
                key
                for key in found
                if (project is None or key.project_id == project)
                and (organization is None or key.organization_id == organization)
            ]
        )

    with_installation(data_dir, work)


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Its public half, or its id.")],
    data_dir: _DataDir = None,
) -> None:
    """Revoke a key. A running server refuses it within ten seconds."""
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.domain.errors import NotFoundError
    from spanwise_server.storage.metadata import api_keys

    async def work(installation: Installation) -> None:
        revoked = await installation.database.write(lambda connection: api_keys.delete_api_key(connection, key))
        if revoked is None:
            raise NotFoundError("There is no such key.", hint="`spanwise keys list` shows those there are.")
        typer.echo(f"Revoked {revoked.public_key}")

    with_installation(data_dir, work)


def _administration(installation: Installation) -> KeyAdministration:
    from spanwise_server._lib.clock import system_clock
    from spanwise_server.services.administration.api_keys import KeyAdministration

    # A running server has its own memory of keys, which ends by itself.
    return KeyAdministration(installation.database, installation.hasher, clock=system_clock, forget_keys=lambda: None)


def _check_owner(installation: Installation, project: str | None, organization: str | None) -> None:
    from spanwise_server.domain.errors import ConfigurationError
    from spanwise_server.storage.metadata import projects

    if (project is None) is (organization is None):
        found = installation.database.read_now(projects.list_projects)
        known = "; ".join(f"--project {item.id} ({item.name})" for item in found[:10])
        owners = {item.organization.id: item.organization.name for item in found}
        known += "".join(f"; --organization {owner} ({name})" for owner, name in list(owners.items())[:10])
        raise ConfigurationError("A key belongs to either a project or an organization: name one.", hint=known or None)


def _organization_of(installation: Installation, project_id: str) -> str:
    from spanwise_server.domain.errors import NotFoundError
    from spanwise_server.storage.metadata import projects

    project = installation.database.read_now(lambda connection: projects.get_project(connection, project_id))
    if project is None:
        raise NotFoundError(f"There is no project {project_id}.")
    return project.organization.id


def _print_keys(found: Sequence[ApiKey]) -> None:
    from rich.table import Table

    from spanwise_server.cli.console import output

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("Public key", "Secret", "Of", "Note", "Made", "Ends", "Used"):
        table.add_column(title, overflow="fold")
    for key in found:
        owner = f"project {key.project_id}" if key.project_id else f"organization {key.organization_id}"
        times = (_day(key.created_at), _day(key.expires_at, "never"), _day(key.last_used_at, "never"))
        table.add_row(key.public_key, key.display_secret, owner, key.note or "", *times)
    output().print(table)


def _day(time: int | None, none: str = "") -> str:
    from datetime import UTC, datetime

    return none if time is None else datetime.fromtimestamp(time / 1e6, UTC).date().isoformat()
