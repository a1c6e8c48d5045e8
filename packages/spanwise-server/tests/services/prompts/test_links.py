"""Observations get the id of the version that they name."""

from __future__ import annotations

from spanwise_server.domain.accounts import ProjectAccess
from spanwise_server.domain.prompts import PromptDraft, PromptType
from spanwise_server.services.prompts.links import add_prompt_ids
from spanwise_server.services.prompts.prompts import Prompts
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.event_rows import observation


async def test_each_gets_the_id_of_its_own_project_or_none(database: MetadataDatabase) -> None:
    prompts = Prompts(database, clock=lambda: 5)
    draft = PromptDraft(name="greeting", type=PromptType.TEXT, content='"x"')
    made = await prompts.create(ProjectAccess(project_id="p"), draft)

    def rows() -> list[tuple[str, int]]:
        return [("greeting", 1), ("greeting", 2), ("other", 1), ("", 0)]

    linked = [observation("p", f"{n}", prompt_name=name, prompt_version=version) for n, (name, version) in enumerate(rows())]
    await add_prompt_ids(prompts, "p", linked)
    assert [row.prompt_id for row in linked] == [made.id, "", "", ""]

    elsewhere = [observation("q", "a", prompt_name="greeting", prompt_version=1)]
    await add_prompt_ids(prompts, "q", elsewhere)
    assert elsewhere[0].prompt_id == ""
