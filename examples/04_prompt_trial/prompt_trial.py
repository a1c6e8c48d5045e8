"""Tries two versions of a prompt on the same dataset and moves the label ``production`` to the better one.

The prompt, the dataset and both runs are kept by the server; the model's cost is not sent, so the server prices it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import httpx
from langfuse import Evaluation, Langfuse
from langfuse.experiment import ExperimentItemResult, ExperimentResult
from langfuse.model import TextPromptClient

MODEL_URL = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8085/v1")
MODEL = "gpt-4.1-mini"
PROMPT = "support/route-ticket"
DATASET = "tickets with a known team"
VERSIONS = (
    "Which team takes this ticket? Ticket: {{ticket}}",
    "You route support tickets. Answer with one word: billing, shipping or technical. Ticket: {{ticket}}",
)
TICKETS = (
    ("I was charged twice for March.", "billing"),
    ("The parcel has been in Lyon for nine days.", "shipping"),
    ("The app crashes when I open the camera.", "technical"),
    ("Please send the invoice to our new address.", "billing"),
    ("The courier left the box in the rain.", "shipping"),
    ("Login says that my code has expired, every time.", "technical"),
)

langfuse = Langfuse(environment="trial")
http = httpx.Client(base_url=MODEL_URL, timeout=30)
# What the SDK logs of an export that is tried again is of no use to who runs an example.
logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)


def prepare() -> None:
    """Create the dataset, unless it is there: items are known by their ids."""
    langfuse.create_dataset(name=DATASET, description="Real tickets, and the team that solved each")
    for number, (ticket, team) in enumerate(TICKETS, 1):
        langfuse.create_dataset_item(
            dataset_name=DATASET, id=f"ticket-{number}", input={"ticket": ticket}, expected_output=team
        )


def answer_with(prompt: TextPromptClient) -> Callable[..., str]:
    """Return a task that asks the model with this version of the prompt."""

    def answer(*, item: Any, **_: Any) -> str:
        question = prompt.compile(ticket=item.input["ticket"])
        messages = [{"role": "user", "content": question}]
        with langfuse.start_as_current_observation(
            as_type="generation", name="route", model=MODEL, input=messages, prompt=prompt
        ) as generation:
            body = http.post("/chat/completions", json={"model": MODEL, "messages": messages}).raise_for_status().json()
            said = str(body["choices"][0]["message"]["content"])
            generation.update(output=said, usage_details=body["usage"])
        return said

    return answer


def names_team(*, output: str, expected_output: str, **_: Any) -> Evaluation:
    """Say whether the answer is the team and nothing else."""
    return Evaluation(name="exact", value=float(output == expected_output))


def share(*, item_results: list[ExperimentItemResult], **_: Any) -> Evaluation:
    """Average the items of a run."""
    return Evaluation(name="share exact", value=sum(float(r.evaluations[0].value) for r in item_results) / len(item_results))


def try_version(text: str) -> tuple[TextPromptClient, ExperimentResult]:
    """Create a version of the prompt and run the dataset with it."""
    prompt = langfuse.create_prompt(name=PROMPT, prompt=text, tags=["support"], commit_message="tried on known tickets")
    result = langfuse.get_dataset(DATASET).run_experiment(
        name="route tickets",
        run_name=f"{PROMPT} version {prompt.version}",
        description=text,
        task=answer_with(prompt),
        evaluators=[names_team],
        run_evaluators=[share],
        metadata={"prompt_version": prompt.version, "model": MODEL},
    )
    return prompt, result


def main() -> None:
    """Try every version and print which one is in production now."""
    prepare()
    tried = [try_version(text) for text in VERSIONS]
    for prompt, result in tried:
        print(f"version {prompt.version}: {float(result.run_evaluations[0].value):.0%} exact")
    best, _ = max(tried, key=lambda pair: float(pair[1].run_evaluations[0].value))
    langfuse.update_prompt(name=PROMPT, version=best.version, new_labels=["production"])
    langfuse.flush()
    print(f"version {best.version} is in production")


if __name__ == "__main__":
    main()
