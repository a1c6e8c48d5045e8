"""Which version of a prompt an observation was made with. Clients say name and number; the id is looked up when it is read."""

from __future__ import annotations

from collections.abc import Iterable

from spanwise_server.domain.observations import Observation
from spanwise_server.services.prompts.prompts import Prompts


async def add_prompt_ids(prompts: Prompts, project_id: str, rows: Iterable[Observation]) -> None:
    """Give each observation the id of the version it names; none, if that does not exist."""
    linked = [row for row in rows if row.prompt_name]
    ids = await prompts.ids(project_id, {(row.prompt_name, row.prompt_version) for row in linked})
    for row in linked:
        row.prompt_id = ids.get((row.prompt_name, row.prompt_version), "")
