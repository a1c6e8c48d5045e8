"""Reads the data of the price library ``genai-prices``: its own snapshot, or a newer file in its format.

The only module that knows the library. Its data are MIT-licensed, kept by the Pydantic team and released every few days;
its code that fetches updates over the network is never called. Nothing here knows our prices or stores anything.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from spanwise_server.domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""The library's whole data are 2 MB."""
_SHOWN_FAULTS: Final = 5


def bundled_providers() -> Sequence[Provider]:
    """Return the providers of the installed library."""
    from genai_prices.data import providers  # noqa: PLC0415 - 0.5 s that only a process that prices should wait for

    return providers


def bundled_version() -> str:
    """Name the snapshot."""
    import genai_prices  # noqa: PLC0415 - as above

    return f"genai-prices {genai_prices.__version__}"


def read_price_file(path: Path) -> str:
    """Return the text of a price file.

    Raises:
        InvalidRequestError: It cannot be read.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidRequestError(f"{path} is larger than {MAX_FILE_BYTES // 2**20} MiB; that is no price file.")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InvalidRequestError(f"{path} cannot be read: {reason}.") from error


def parse_providers(text: str) -> Sequence[Provider]:
    """Return the providers of a file in the library's data format, version 2 (``prices/new_data/v2/data.json``).

    Raises:
        InvalidRequestError: It is not such a file; the message names the first faults.
    """
    from genai_prices import types  # noqa: PLC0415 - as above
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    try:
        raw = json.loads(text, parse_float=str)  # floats would lose digits of prices; pydantic makes decimals of the text
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"The price file is not JSON: {error}.", hint=_HINT) from error
    if not isinstance(raw, list) or not raw:
        raise InvalidRequestError("The price file must hold a JSON array of providers.", hint=_HINT)
    try:
        providers: Sequence[Provider] = types._providers_from_raw(raw)  # noqa: SLF001 - the library has no public reader
    except (ValidationError, ValueError, TypeError, AssertionError, AttributeError, StopIteration) as error:
        raise InvalidRequestError(f"The price file is not as it should be: {_describe(error)}.", hint=_HINT) from error
    faults = [fault for provider in providers for model in provider.models for fault in _price_faults(provider, model)]
    if faults or not any(provider.models for provider in providers):
        shown = "; ".join(faults[:_SHOWN_FAULTS]) or "it holds no models"
        raise InvalidRequestError(f"The price file is not as it should be: {shown}.", hint=_HINT)
    return providers


_HINT: Final = (
    "Download prices/new_data/v2/data.json of github.com/pydantic/genai-prices where there is a network, and copy it here. "
    "The prices in use have not changed."
)


def _describe(error: Exception) -> str:
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    if not isinstance(error, ValidationError):
        return str(error) or type(error).__name__
    faults = error.errors(include_url=False, include_input=False)[:_SHOWN_FAULTS]
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)


def _price_faults(provider: Provider, model: ModelInfo) -> list[str]:
    where = f"{provider.id}/{model.id}"
    faults = [
        f"{where}: {key} must be a number of at least 0"
        for prices in all_prices(model)
        for key, value in prices.items()
        for amount in amounts(value)
        if not amount.is_finite() or amount < 0
    ]
    return faults or ([f"{where}: has an empty name"] if not model.id or not provider.id else [])


def all_prices(model: ModelInfo) -> list[dict[str, Any]]:
    """Return every set of prices of a model, whenever it applies, by the library's price keys."""
    conditional = model.prices if isinstance(model.prices, list) else ()
    sets = [entry.prices for entry in conditional] if isinstance(model.prices, list) else [model.prices]
    sets += [variant.prices for variant in model.price_variants or ()]
    return [price_map(prices) for prices in sets]


def price_map(prices: Any) -> dict[str, Any]:  # the library's ModelPrice keeps its keys as attributes
    """Return a set of prices as a dictionary of decimals and tiered prices."""
    return {key: value for key, value in vars(prices).items() if value is not None and not key.startswith("_")}


def amounts(value: Any) -> list[Any]:  # a Decimal, or the library's TieredPrices
    """Return every amount in one price."""
    tiers = getattr(value, "tiers", None)
    return [value] if tiers is None else [value.base, *(tier.price for tier in tiers)]
