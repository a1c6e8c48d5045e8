"""``spanwise users``: makes accounts and sets passwords in an installation's database."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from spanwise_server.cli.installation import Installation
    from spanwise_server.domain.accounts import Role
    from spanwise_server.services.administration.users import Users

users = typer.Typer(help="Make accounts of people and set their passwords.", no_args_is_help=True)

_Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
_DataDir = Annotated[Path | None, typer.Option(help="Data directory of the installation. Default: spanwise-data")]
_PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input. Default: one is made and printed")
]


@users.command()
def create(
    email: _Email,
    *,
    name: Annotated[str | None, typer.Option(help="Their name. Default: what stands before the @")] = None,
    organization: Annotated[str | None, typer.Option(help="Id of an organization to make them a member of.")] = None,
    role: Annotated[str, typer.Option(help="OWNER, ADMIN, MEMBER, VIEWER or NONE in that organization.")] = "MEMBER",
    password_stdin: _PasswordStdin = False,
    data_dir: _DataDir = None,
) -> None:
    """Make an account, and a member of an organization if one is named."""
    from spanwise_server.cli.installation import with_installation
    from spanwise_server.services.administration.memberships import Memberships
    from spanwise_server.services.administration.organizations import existing_organization

    async def work(installation: Installation) -> None:
        wanted = _role(role)
        if organization is not None:
            await installation.database.read(lambda connection: existing_organization(connection, organization))
        password, is_made = _password(is_given=password_stdin)
        user = await _users(installation).create(email, password, name=name)
        if organization is not None:
            await Memberships(installation.database).set_in_organization(organization, user.id, wanted)
        typer.echo(f"User      {user.id}")
        typer.echo(f"E-mail    {user.email}")
        _show(password, is_made=is_made)

    with_installation(data_dir, work)


@users.command("set-password")
def set_password(email: _Email, *, password_stdin: _PasswordStdin = False, data_dir: _DataDir = None) -> None:
    """Give somebody another password, and end their logins."""
    from spanwise_server.cli.installation import with_installation

    async def work(installation: Installation) -> None:
        password, is_made = _password(is_given=password_stdin)
        user = await _users(installation).set_password(email, password)
        typer.echo(f"E-mail    {user.email}")
        _show(password, is_made=is_made)

    with_installation(data_dir, work)


@users.command("list")
def list_users(data_dir: _DataDir = None) -> None:
    """List the accounts: id and e-mail address."""
    from spanwise_server.cli.installation import with_installation

    async def work(installation: Installation) -> None:
        for user in await _users(installation).list():
            typer.echo(f"{user.id}  {user.email}")

    with_installation(data_dir, work)


def _users(installation: Installation) -> Users:
    from spanwise_server._lib.clock import system_clock
    from spanwise_server.services.administration.users import Users

    return Users(installation.database, clock=system_clock)


def _role(name: str) -> Role:
    from spanwise_server.domain.accounts import Role
    from spanwise_server.domain.errors import ConfigurationError

    try:
        return Role(name.upper())
    except ValueError as error:
        raise ConfigurationError(f"--role: {name} is no role.", hint=f"Choose one of {', '.join(Role)}.") from error


def _password(*, is_given: bool) -> tuple[str, bool]:
    """Return the password, and whether it was made here."""
    return (sys.stdin.readline().rstrip("\r\n"), False) if is_given else (secrets.token_urlsafe(15), True)


def _show(password: str, *, is_made: bool) -> None:
    if is_made:
        typer.echo(f"Password  {password}")
        typer.echo("The password is shown once. Keep it now.", err=True)
