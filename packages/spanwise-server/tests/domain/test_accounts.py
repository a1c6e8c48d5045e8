"""Roles are ordered."""

from __future__ import annotations

from itertools import pairwise

from spanwise_server.domain.accounts import Role


def test_each_role_includes_the_lower_ones_and_itself() -> None:
    ascending = [Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER]

    assert all(role.includes(role) for role in ascending)
    assert all(higher.includes(lower) and not lower.includes(higher) for lower, higher in pairwise(ascending))
