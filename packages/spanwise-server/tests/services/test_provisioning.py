"""The first start makes what is named or generates it; later starts add what is missing and change nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from spanwise_server.domain.accounts import Role
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.services.api_keys import SecretHasher
from spanwise_server.services.provisioning import FirstStart, Provisioning, open_hasher
from spanwise_server.settings import InitSettings, Settings
from spanwise_server.storage.metadata import api_keys, projects, users
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.pepper import FILE_NAME, load_pepper
from spanwise_server.storage.metadata.schema import migrate

HASHER = SecretHasher(b"pepper")
FULL = InitSettings(
    org_id="org",
    org_name="Organization",
    project_id="project",
    project_name="Project",
    project_public_key="pk-lf-given",
    project_secret_key=SecretStr("weak"),
    project_retention=7,
    user_email="Ada@example.org",
    user_name="Ada",
    user_password=SecretStr("password"),
)


class Installation:
    """A database that is started over and over with changing settings."""

    def __init__(self, database: MetadataDatabase, passwords: PasswordHasher) -> None:
        self.database = database
        self.passwords = passwords

    def start(self, init: InitSettings | None = None, **settings: object) -> FirstStart | None:
        configured = Settings.model_validate(settings)
        return Provisioning(HASHER, configured, init or InitSettings(), clock=lambda: 5, passwords=self.passwords).run(
            self.database
        )

    def accepts(self, public_key: str, secret_key: str) -> str | None:
        """Return the id of the project that the pair opens."""
        key = self.database.read_now(lambda connection: api_keys.get_api_key(connection, public_key))
        return key.project_id if key and HASHER.matches(secret_key, key.secret_hash) else None

    def logs_in(self, email: str, password: str) -> bool:
        user = self.database.read_now(lambda connection: users.find_user(connection, email))
        return bool(user and user.password_hash and self.passwords.verify(user.password_hash, password))

    def roles(self, email: str) -> Mapping[str, Role]:
        user = self.database.read_now(lambda connection: users.find_user(connection, email))
        assert user is not None
        found = self.database.read_now(lambda connection: users.list_memberships(connection, user.id))
        return {membership.project.id: membership.role for membership in found}


@pytest.fixture
def installation(empty_database: MetadataDatabase, quick_passwords: PasswordHasher) -> Installation:
    return Installation(empty_database, quick_passwords)


def test_without_settings_everything_is_generated_and_handed_back(installation: Installation) -> None:
    first = installation.start()

    assert first is not None
    assert first.generated_secret_key is not None
    assert first.generated_password is not None
    assert installation.accepts(first.public_key, first.generated_secret_key) == first.project_id
    assert installation.logs_in("admin@localhost", first.generated_password)
    assert installation.roles(first.email) == {first.project_id: Role.OWNER}
    assert first.generated_secret_key not in repr(first)
    assert first.generated_password not in repr(first)


def test_two_installations_share_no_secret(installation: Installation, quick_passwords: PasswordHasher) -> None:
    first = installation.start()
    other_database = MetadataDatabase()
    migrate(other_database)
    other = Installation(other_database, quick_passwords).start()

    assert first is not None
    assert other is not None
    assert first.generated_password != other.generated_password
    assert first.generated_secret_key != other.generated_secret_key
    other_database.close_now()


def test_what_is_named_is_made_as_named_and_no_given_secret_is_handed_back(installation: Installation) -> None:
    first = installation.start(FULL)

    assert first is not None
    assert (first.project_id, first.public_key, first.email) == ("project", "pk-lf-given", "ada@example.org")
    assert (first.generated_secret_key, first.generated_password) == (None, None)
    assert installation.accepts("pk-lf-given", "weak") == "project"
    assert installation.logs_in("ada@example.org", "password")
    project = installation.database.read_now(lambda connection: projects.get_project(connection, "project"))
    assert project is not None
    assert (project.name, project.retention_days, project.organization.id) == ("Project", 7, "org")
    assert project.organization.name == "Organization"


def test_starting_again_is_quiet_and_changes_nothing(installation: Installation) -> None:
    installation.start(FULL)
    before = [installation.database.read_now(work) for work in (projects.list_project_ids, api_keys.count_api_keys)]

    assert installation.start(FULL) is None
    assert installation.start() is None
    assert installation.start(user_password=SecretStr("other")) is None
    assert [installation.database.read_now(work) for work in (projects.list_project_ids, api_keys.count_api_keys)] == before
    assert installation.logs_in("ada@example.org", "password")


def test_a_changed_secret_is_taken_over(installation: Installation) -> None:
    installation.start(FULL)
    installation.start(FULL.model_copy(update={"project_secret_key": SecretStr("rotated")}))

    assert installation.accepts("pk-lf-given", "rotated") == "project"
    assert installation.accepts("pk-lf-given", "weak") is None


def test_a_changed_password_setting_does_not_undo_what_the_user_chose(installation: Installation) -> None:
    installation.start(FULL)
    installation.start(FULL.model_copy(update={"user_password": SecretStr("other")}))

    assert installation.logs_in("ada@example.org", "password")


def test_a_lost_installation_is_opened_again_by_settings(installation: Installation) -> None:
    """Both secrets were shown once and lost: new ones come in by the settings, beside the old."""
    first = installation.start()
    assert first is not None
    pair = InitSettings(project_public_key="pk-lf-new", project_secret_key=SecretStr("sk-lf-new"))

    assert installation.start(pair, admin_email="new@example.org", admin_password=SecretStr("new")) is None

    assert installation.accepts("pk-lf-new", "sk-lf-new") == first.project_id
    assert installation.roles("new@example.org") == {first.project_id: Role.OWNER}


def test_a_second_project_is_added_on_a_later_start(installation: Installation) -> None:
    installation.start(FULL)
    more = InitSettings(project_id="second", project_public_key="pk-lf-2", project_secret_key=SecretStr("sk-lf-2"))
    installation.start(more)

    assert installation.accepts("pk-lf-2", "sk-lf-2") == "second"
    assert installation.roles("ada@example.org") == {"project": Role.OWNER, "second": Role.OWNER}


@pytest.mark.parametrize(
    ("init", "missing"),
    [
        (InitSettings(project_public_key="pk"), "LANGFUSE_INIT_PROJECT_SECRET_KEY is not"),
        (InitSettings(project_public_key="pk", project_secret_key=SecretStr("")), "LANGFUSE_INIT_PROJECT_SECRET_KEY is not"),
        (InitSettings(project_secret_key=SecretStr("weak-secret")), "LANGFUSE_INIT_PROJECT_PUBLIC_KEY is not"),
        (InitSettings(project_public_key="p:k", project_secret_key=SecretStr("weak-secret")), "colon"),
    ],
)
def test_half_a_key_pair_is_refused_before_anything_is_made(
    installation: Installation, init: InitSettings, missing: str
) -> None:
    with pytest.raises(ConfigurationError, match=missing) as caught:
        installation.start(init)

    assert caught.value.hint
    assert "weak-secret" not in str(caught.value)
    assert installation.database.read_now(projects.list_project_ids) == []


def test_a_key_of_another_project_is_not_taken_away_from_it(installation: Installation) -> None:
    installation.start(FULL)

    with pytest.raises(ConfigurationError, match="another project"):
        installation.start(FULL.model_copy(update={"project_id": "second"}))

    assert installation.accepts("pk-lf-given", "weak") == "project"
    assert installation.database.read_now(projects.list_project_ids) == ["project"]


def test_a_later_administrator_needs_a_password(installation: Installation) -> None:
    installation.start()

    with pytest.raises(ConfigurationError, match="no password"):
        installation.start(admin_email="new@example.org")


def test_a_new_installation_gets_a_pepper_and_keeps_it(empty_database: MetadataDatabase, tmp_path: Path) -> None:
    made = open_hasher(empty_database, tmp_path).hash("secret")

    assert load_pepper(tmp_path) is not None
    assert open_hasher(empty_database, tmp_path).hash("secret") == made


def test_a_lost_pepper_is_an_error_and_not_a_new_one(database: MetadataDatabase, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=FILE_NAME):
        open_hasher(database, tmp_path)

    assert load_pepper(tmp_path) is None
