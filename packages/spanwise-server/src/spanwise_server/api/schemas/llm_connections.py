"""Connections to model providers on the wire: requests with their rules, and answers, which hold no secret."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from typing_extensions import TypedDict

from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.api.schemas.json_values import Json
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.llm_connections import LlmAdapter, LlmConnection, LlmConnectionSettings, LlmCredentials

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]{0,8192}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f\\]")
_MOST_HEADERS = 100
_NOT_A_URL = "must be an absolute URL that starts with http:// or https://"

# Adapter -> (the one key of its configuration, the key's type, whether there must be one).
_CONFIGURATIONS: Final[dict[LlmAdapter, tuple[str, type, bool]]] = {
    LlmAdapter.BEDROCK: ("region", str, True),
    LlmAdapter.OPENAI: ("useResponsesApi", bool, False),
    LlmAdapter.GOOGLE_VERTEX_AI: ("location", str, False),
}


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


def _check_url(text: str) -> str:
    """Return an absolute http(s) URL. No message repeats it: people paste keys into the wrong field."""
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ValueError(_NOT_A_URL) from error
    if not is_usable or _UNPRINTABLE.search(text):
        raise ValueError(_NOT_A_URL)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain credentials, since it can be read back; put them into secretKey or extraHeaders")
    return text


def _check_headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError("has a name that is none of a header (letters, digits and -)")
        if not _HEADER_VALUE.fullmatch(value.get_secret_value()):
            raise ValueError("has a value that is none of a header (no line breaks or control characters, 8192 at most)")
    if len({name.lower() for name in headers}) != len(headers):
        raise ValueError("names a header twice; upper and lower case are the same")
    return headers


_Text = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_plain)]
_Url = Annotated[
    Annotated[str, Field(max_length=2048), AfterValidator(_check_url)] | None, BeforeValidator(lambda value: value or None)
]
_Headers = Annotated[dict[str, SecretStr], Field(max_length=_MOST_HEADERS), AfterValidator(_check_headers)]


class LlmConnectionRequest(BaseModel):
    """A connection as it is to be. What is left out is empty afterwards, also if it was set before."""

    provider: Annotated[_Text, Field(description="Name of the connection, unique in the project.")]
    adapter: Annotated[LlmAdapter, Field(description="The kind of API that the provider speaks.")]
    secretKey: Annotated[
        SecretStr, Field(min_length=1, max_length=65_536, description="Key of the provider's API. It cannot be read back.")
    ]
    baseURL: Annotated[_Url, Field(description="Address of the API, when it is not the provider's usual one.")] = None
    customModels: Annotated[
        Annotated[list[_Text], Field(max_length=1000)] | None,
        Field(description="Names of models beyond the adapter's usual ones."),
    ] = None
    withDefaultModels: Annotated[
        bool | None, Field(description="Whether to offer the adapter's usual models. Default: yes.")
    ] = None
    extraHeaders: Annotated[
        _Headers | None, Field(description="Headers sent with each call. Their values cannot be read back.")
    ] = None
    config: Annotated[
        dict[str, Any] | None,
        Field(
            description='Bedrock must have `{"region": …}`; OpenAI may have `{"useResponsesApi": …}`, '
            'Vertex AI `{"location": …}`; the others none.'
        ),
    ] = None

    @model_validator(mode="after")
    def check_config(self) -> LlmConnectionRequest:
        """Let ``config`` have what the adapter knows, and nothing else."""
        config = self.config or None
        key, kind, is_required = _CONFIGURATIONS.get(self.adapter, ("", str, False))
        if config is None:
            if is_required:
                raise ValueError(f'config must be {{"{key}": …}} for the adapter {self.adapter.value}')
            return self
        if not key:
            raise ValueError(f"config must be left out for the adapter {self.adapter.value}")
        value = config.get(key)
        if set(config) != {key} or type(value) is not kind or not (isinstance(value, bool) or 0 < len(str(value)) <= 255):
            expected = "true or false" if kind is bool else "a text"
            raise ValueError(f'config must be {{"{key}": …}} with {expected} for the adapter {self.adapter.value}')
        return self

    def settings(self) -> LlmConnectionSettings:
        """Return the part that may be shown."""
        return LlmConnectionSettings(
            provider=self.provider,
            adapter=self.adapter,
            base_url=self.baseURL,
            custom_models=self.customModels or [],
            with_default_models=self.withDefaultModels is not False,
            config=self.config or None,
        )

    def credentials(self) -> LlmCredentials:
        """Return the part that may not."""
        headers = {name: value.get_secret_value() for name, value in (self.extraHeaders or {}).items()}
        return LlmCredentials(secret_key=self.secretKey.get_secret_value(), extra_headers=headers)


class LlmConnectionListParameters(PageParameters):
    """Which page to return. Other parameters are refused."""

    model_config = ConfigDict(extra="forbid")


class LlmConnectionView(TypedDict):
    """A connection without its secrets."""

    id: str
    provider: str
    adapter: str
    displaySecretKey: str
    baseURL: str | None
    customModels: list[str]
    withDefaultModels: bool
    extraHeaderKeys: list[str]
    config: dict[str, Json] | None
    createdAt: str
    updatedAt: str


class LlmConnectionPage(TypedDict):
    """A page of connections."""

    data: list[LlmConnectionView]
    meta: PageMeta


def llm_connection_view(connection: LlmConnection) -> LlmConnectionView:
    """Return the connection as it is shown."""
    settings = connection.settings
    return {
        "id": connection.id,
        "provider": settings.provider,
        "adapter": settings.adapter.value,
        "displaySecretKey": connection.display_secret,
        "baseURL": settings.base_url,
        "customModels": list(settings.custom_models),
        "withDefaultModels": settings.with_default_models,
        "extraHeaderKeys": list(connection.extra_header_names),
        "config": None if settings.config is None else dict(settings.config),
        "createdAt": to_millis(connection.created_at),
        "updatedAt": to_millis(connection.updated_at),
    }
