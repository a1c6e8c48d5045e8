from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from spanwise_server.query.fields import OBSERVATION_FIELDS, SCORE_FIELDS, SESSION_FIELDS, TRACE_FIELDS, FieldSpec, Kind

TABLES = {"traces": TRACE_FIELDS, "observations": OBSERVATION_FIELDS, "scores": SCORE_FIELDS, "sessions": SESSION_FIELDS}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_field_stands_under_its_own_name(table: Mapping[str, FieldSpec]) -> None:
    assert {name: spec.name for name, spec in table.items()} == {name: name for name in table}


@pytest.mark.parametrize(
    ("table", "field", "kind"),
    [
        (TRACE_FIELDS, "timestamp", Kind.DATETIME),
        (TRACE_FIELDS, "tags", Kind.STRING_ARRAY),
        (TRACE_FIELDS, "metadata", Kind.STRING_OBJECT),
        (TRACE_FIELDS, "total_cost", Kind.NUMBER),
        (OBSERVATION_FIELDS, "is_root", Kind.BOOLEAN),
        (OBSERVATION_FIELDS, "trace_scores_avg", Kind.NUMBER_OBJECT),
        (OBSERVATION_FIELDS, "trace_score_categories", Kind.CATEGORY_OBJECT),
        (OBSERVATION_FIELDS, "score_booleans", Kind.BOOLEAN_OBJECT),
        (SCORE_FIELDS, "value", Kind.NUMBER),
        (SCORE_FIELDS, "boolean_value", Kind.BOOLEAN),
        (SESSION_FIELDS, "created_at", Kind.DATETIME),
    ],
)
def test_a_field_has_its_kind(table: Mapping[str, FieldSpec], field: str, kind: Kind) -> None:
    assert table[field].kind is kind


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_entity_can_be_asked_for_by_id_and_time(table: Mapping[str, FieldSpec]) -> None:
    assert table["id"].kind is Kind.STRING
    assert Kind.DATETIME in {spec.kind for spec in table.values()}


def test_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        cast("dict[str, FieldSpec]", SESSION_FIELDS)["id"] = FieldSpec("id", Kind.NUMBER)
