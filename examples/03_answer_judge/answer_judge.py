"""Judges the answers that the research assistant gave: reads them back, asks a model, and scores the traces.

What was recorded a moment ago is read at once; nothing waits and nothing polls. The judge's own work is traced too, in
the environment ``evaluation``, so that its cost shows without mixing with the agents'.
"""

from __future__ import annotations

import json
import os
from typing import Any

import httpx
from langfuse import Langfuse
from langfuse.api import ObservationV2

MODEL_URL = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8085/v1")
MODEL = "gpt-4.1-mini"
USD_PER_MILLION = {"input": 0.40, "input_cached_tokens": 0.10, "output": 1.60}
JUDGE_PROMPT = (
    "You judge answers. Reply with JSON only: score from 0 to 1, verdict (correct, incomplete or wrong) and reason, one "
    "sentence. An answer that leaves out a part of the question is incomplete."
)
JUDGED = "research-assistant"
REVIEW_BELOW = 0.7

langfuse = Langfuse(environment="evaluation")
http = httpx.Client(base_url=MODEL_URL, timeout=30)


def find_answers() -> list[ObservationV2]:
    """Return all root observations of the research assistant, page by page, newest first."""
    found: list[ObservationV2] = []
    cursor: str | None = None
    while True:
        page = langfuse.api.observations.get_many(
            name=JUDGED, is_root_observation=True, fields="core,basic,io", limit=4, cursor=cursor
        )
        found += page.data
        cursor = page.meta.cursor
        if cursor is None:
            return found


def judge(question: str, answer: str) -> dict[str, Any]:
    """Ask the model for a score, a verdict and a reason."""
    messages = [
        {"role": "system", "content": JUDGE_PROMPT},
        {"role": "user", "content": f"Question: {question}\nAnswer: {answer}"},
    ]
    with langfuse.start_as_current_observation(
        as_type="generation", name="ask-judge", model=MODEL, input=messages
    ) as generation:
        body = http.post("/chat/completions", json={"model": MODEL, "messages": messages}).raise_for_status().json()
        counted, message = body["usage"], body["choices"][0]["message"]
        cached = counted["prompt_tokens_details"]["cached_tokens"]
        usage = {
            "input": counted["prompt_tokens"] - cached,
            "input_cached_tokens": cached,
            "output": counted["completion_tokens"],
        }
        cost = {key: count * USD_PER_MILLION[key] / 1_000_000 for key, count in usage.items()}
        generation.update(output=message, usage_details=usage, cost_details=cost)
    verdict: dict[str, Any] = json.loads(message["content"])
    return verdict


def judge_observation(found: ObservationV2) -> str:
    """Judge one answer, attach the scores to it, and return the verdict."""
    question, answer = json.loads(str(found.input))["question"], json.loads(str(found.output))["answer"]
    with langfuse.start_as_current_observation(as_type="evaluator", name="judge-answer", input=question) as evaluator:
        verdict = judge(question, answer)
        evaluator.update(output=verdict, metadata={"judged_trace": found.trace_id})
    trace_id, observation_id, environment = found.trace_id, found.id, found.environment
    langfuse.create_score(
        name="correctness",
        value=float(verdict["score"]),
        comment=verdict["reason"],
        metadata={"judge": MODEL},
        trace_id=trace_id,
        observation_id=observation_id,
        environment=environment,
    )
    langfuse.create_score(name="verdict", value=str(verdict["verdict"]), trace_id=trace_id, environment=environment)
    if verdict["score"] < REVIEW_BELOW:
        langfuse.create_score(name="needs-review", value=1.0, data_type="BOOLEAN", trace_id=trace_id, environment=environment)
    return str(verdict["verdict"])


def main() -> None:
    """Judge everything found and print how it went."""
    answers = find_answers()
    if not answers:
        raise SystemExit("There are no answers to judge yet: run examples/01_research_assistant first.")
    verdicts = [judge_observation(found) for found in answers]
    langfuse.flush()
    tally = {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}
    print(f"judged {len(verdicts)} answers: {', '.join(f'{count} {verdict}' for verdict, count in tally.items())}")


if __name__ == "__main__":
    main()
