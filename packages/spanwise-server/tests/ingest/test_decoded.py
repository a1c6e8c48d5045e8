"""What decoding hands on, and how a score is taken out of it again."""

from __future__ import annotations

from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.ingest.decoded import DecodedScores


def test_refused_scores_are_taken_out_again() -> None:
    partials = [Partial(project_id="p", entity=Entity.SCORE, id=f"s{number % 3}", time=1, fields={}) for number in range(4)]
    decoded = DecodedScores(is_array=True, partials=list(partials), ids=[partial.id for partial in partials], errors=["wrong"])

    decoded.refuse([(partials[1], "first"), (partials[3], "second")])

    # The last had the id of the first, which stays.
    assert decoded.partials == [partials[0], partials[2]]
    assert decoded.ids == ["s0", "s2"]
    assert decoded.errors == ["wrong", "first", "second"]
