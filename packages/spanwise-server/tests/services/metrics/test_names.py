"""Names on the wire lead to fields of their view, of the right kind."""

from __future__ import annotations

import pytest

from spanwise_server.query.aggregates import View
from spanwise_server.query.fields import Kind
from spanwise_server.services.metrics.names import HIGH_CARDINALITY, WIRE_COLUMNS, WIRE_DIMENSIONS


@pytest.mark.parametrize(
    ("view", "name", "field", "kind"),
    [
        (View.OBSERVATIONS, "providedModelName", "model", Kind.STRING),
        (View.OBSERVATIONS, "isRootObservation", "is_root", Kind.BOOLEAN),
        (View.OBSERVATIONS, "traceRelease", "release", Kind.STRING),
        (View.OBSERVATIONS, "startTimeMonth", "start_time_month", Kind.STRING),
        (View.TRACES, "name", "name", Kind.STRING),
        (View.TRACES, "tags", "tags", Kind.STRING_ARRAY),
        (View.SCORES_NUMERIC, "observationModelName", "observation_model", Kind.STRING),
        (View.SCORES_BOOLEAN, "booleanValue", "boolean_value", Kind.BOOLEAN),
        (View.SCORES_CATEGORICAL, "tags", "trace_tags", Kind.STRING_ARRAY),
    ],
)
def test_a_dimension_can_be_filtered_by_its_own_name(view: View, name: str, field: str, kind: Kind) -> None:
    assert WIRE_DIMENSIONS[view][name] == field
    spec = WIRE_COLUMNS[view][name]
    assert (spec.name, spec.kind) == (field, kind)


def test_what_is_guarded_exists() -> None:
    assert {field for names in WIRE_DIMENSIONS.values() for field in names.values()} >= HIGH_CARDINALITY
