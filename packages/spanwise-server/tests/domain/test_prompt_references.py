"""References are found, followed and replaced; circles, depth and size end in an error and never in a hang."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.prompt_references import (
    MOST_DEPTH,
    BrokenReferenceError,
    PromptReference,
    compose,
    references_of,
)
from spanwise_server.domain.prompts import PromptSelector, PromptType, PromptVersion


def prompt(name: str, text: object, version: int = 1) -> PromptVersion:
    return PromptVersion(
        id=f"{name}@{version}",
        project_id="p",
        prompt_id=name,
        name=name,
        type=PromptType.TEXT if isinstance(text, str) else PromptType.CHAT,
        version=version,
        content=msgspec.json.encode(text).decode(),
        config="{}",
        created_by="API",
        created_at=1,
        updated_at=1,
    )


def tag(name: str, version: int = 1) -> str:
    return f"@@@langfusePrompt:name={name}|version={version}@@@"


class Library:
    """Prompts by name and version, and how often each was looked up."""

    def __init__(self, *prompts: PromptVersion) -> None:
        self._by_key = {(one.name, one.version): one for one in prompts}
        self.lookups = 0

    def __call__(self, reference: PromptReference) -> PromptVersion | None:
        self.lookups += 1
        return self._by_key.get((reference.name, reference.selector.version or 1))


def test_references_are_found_once_and_in_order() -> None:
    text = f"{tag('b', 2)} x {tag('a')}{tag('b', 2)} @@@langfusePrompt:name=c/d e|label=prod@@@ @@@other@@@"
    assert references_of(prompt("r", text).content) == [
        PromptReference("b", PromptSelector(version=2)),
        PromptReference("a", PromptSelector(version=1)),
        PromptReference("c/d e", PromptSelector(label="prod")),
    ]
    messages = [{"role": tag("role"), "content": tag("a")}, {"type": "placeholder", "name": "h"}]
    assert references_of(prompt("r", messages).content) == [PromptReference("a", PromptSelector(version=1))]


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "name=a",
        "name=|version=1",
        "version=1|name=a",
        "name=a|version=0",
        "name=a|version=-1",
        "name=a|version=1.5",
        "name=a|version=²",
        "name=a|version=99999999999999999999",
        "name=a|label=Not A Label",
        "name=a|label=",
        "name=a|version=1|label=b",
        "name=a\0|version=1",
        "names=a|version=1",
    ],
)
def test_a_tag_that_is_no_reference_is_refused(inner: str) -> None:
    with pytest.raises(BrokenReferenceError, match="is not a reference"):
        references_of(prompt("r", f"@@@langfusePrompt:{inner}@@@").content)


@given(graph=st.lists(st.lists(st.integers(0, 6), max_size=3), min_size=7, max_size=7))
def test_composition_equals_plain_recursion_or_is_refused(graph: list[list[int]]) -> None:
    """Prompt n refers to those that ``graph[n]`` names; the oracle expands by plain recursion along one path."""
    texts = {n: f"<{n}" + "".join(tag(f"p{m}") for m in below) + ">" for n, below in enumerate(graph)}
    library = Library(*(prompt(f"p{n}", text) for n, text in texts.items()))

    def expand(n: int, path: tuple[int, ...]) -> str:
        if n in path or len(path) > MOST_DEPTH:
            raise BrokenReferenceError
        return f"<{n}" + "".join(expand(m, (*path, n)) for m in graph[n]) + ">"

    try:
        expected = expand(0, ())
    except BrokenReferenceError:
        with pytest.raises(BrokenReferenceError, match=r"Circular|nested deeper"):
            compose(prompt("p0", texts[0]), library)
        return
    composed = compose(prompt("p0", texts[0]), library)
    assert msgspec.json.decode(composed.content) == expected
    reachable = {parent: [node.id for node in nodes] for parent, nodes in composed.dependencies.items()}
    assert reachable == {
        f"p{n}@1": list(dict.fromkeys(f"p{m}@1" for m in below))
        for n, below in enumerate(graph)
        if below and (n == 0 or any(f"p{n}@1" in children for children in reachable.values()))
    }
    assert library.lookups <= len(graph)


def test_text_is_replaced_as_it_stands() -> None:
    library = Library(prompt("a", 'quote " slash \\ \\1 {{x}} ü \n'))
    assert msgspec.json.decode(compose(prompt("r", f"[{tag('a')}]"), library).content) == '[quote " slash \\ \\1 {{x}} ü \n]'


def test_without_references_nothing_is_looked_up_or_changed() -> None:
    library = Library()
    root = prompt("r", [{"role": "user", "content": "x"}])
    composed = compose(root, library)
    assert (composed.content, composed.dependencies, library.lookups) == (root.content, {}, 0)


def test_another_version_of_the_same_name_is_a_circle() -> None:
    with pytest.raises(BrokenReferenceError, match="Circular reference: r → r"):
        compose(prompt("r", tag("r", 1), version=2), Library(prompt("r", "old")))


def test_a_chat_prompt_cannot_be_inserted() -> None:
    with pytest.raises(BrokenReferenceError, match="not a text prompt"):
        compose(prompt("r", tag("a")), Library(prompt("a", [])))


def test_a_doubling_chain_is_expanded_once_each_and_bounded() -> None:
    chain = [prompt("p0", "x" * 1000), *(prompt(f"p{n}", tag(f"p{n - 1}") * 30) for n in range(1, 5))]
    library = Library(*chain)
    with pytest.raises(BrokenReferenceError, match="longer than"):
        compose(prompt("r", tag("p4")), library)
    assert library.lookups < 10
