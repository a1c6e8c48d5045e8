"""A remembered value counts while nothing newer is known, and others' changes are looked for in good time."""

from __future__ import annotations

from spanwise_server.services.prompts.revisions import RevisionCache, Revisions


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_caller_is_sent_to_look_and_the_others_go_on() -> None:
    time = Time()
    revisions = Revisions(seconds=1, monotonic=time)
    revisions.learn("p", 5)
    assert not revisions.claim_check("p")
    time.now += 1
    assert revisions.claim_check("p")
    assert not revisions.claim_check("p")
    assert revisions.newest("p") == 5
    revisions.learn("p", 9)
    assert revisions.newest("p") == 9


def test_a_look_that_failed_is_made_again() -> None:
    time = Time()
    revisions = Revisions(seconds=1, monotonic=time)
    assert revisions.newest("p") is None
    revisions.learn("p", 5)
    time.now += 1
    assert revisions.claim_check("p")
    revisions.doubt("p")
    assert revisions.claim_check("p")


def test_what_was_read_before_a_write_does_not_undo_it() -> None:
    revisions = Revisions(seconds=1, monotonic=Time())
    revisions.learn("p", 7)
    revisions.learn("p", 6)
    assert revisions.newest("p") == 7


def test_projects_do_not_share() -> None:
    revisions = Revisions(seconds=1, monotonic=Time())
    revisions.learn("p", 7)
    assert revisions.newest("q") is None
    assert revisions.claim_check("q")


def test_the_newest_value_stays() -> None:
    cache: RevisionCache[str, str] = RevisionCache(capacity=10, weigh=len)
    cache.put("a", 2, "new")
    cache.put("a", 1, "old")
    assert cache.get("a") == (2, "new")
    cache.put("a", 3, "newer")
    assert cache.get("a") == (3, "newer")


def test_what_was_used_longest_ago_goes_first() -> None:
    cache: RevisionCache[str, str] = RevisionCache(capacity=10, weigh=len)
    cache.put("a", 1, "aaaa")
    cache.put("b", 1, "bbbb")
    assert cache.get("a") is not None
    cache.put("c", 1, "cccc")
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]
    cache.put("d", 1, "d" * 11)
    assert (cache.get("d"), len(cache)) == (None, 2)
    cache.put("a", 2, "a" * 10)
    assert [key for key in "abc" if cache.get(key)] == ["a"]
