"""What ingest asks of whoever knows prices; ``services.pricing`` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spanwise_server.domain.observations import Observation


class Pricer(Protocol):
    """Sets the fields of a row that follow from others: cost, its source, the model and tier behind it, estimated usage."""

    async def price(self, observations: Sequence[Observation], /) -> None:
        """Price each row in place, just before it is written.

        MUST give the same result for a row that was priced before, by whatever prices: it starts from what clients said.
        MUST leave a cost that was given, and a usage that was reported, as they are. MUST NOT fail because of what a row
        holds.
        """
