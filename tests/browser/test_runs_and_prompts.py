"""The pages of runs, datasets and prompts, which the links lead to that clients print. Each test makes what it looks at."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.experiments import Outcome, make_dataset, make_prompt, post_run, send_run, unique
from tests.browser.samples import HOSTILE
from tests.browser.test_appearance import AXE, SMALL_SHIFT, axe, background
from tests.browser.visits import Visit, Visitor
from tests.serving.server_process import ServerProcess

CAPITALS = {"ch": ({"country": "Switzerland"}, "Bern"), "fr": ({"country": "France"}, "Paris")}
MANY = 500
PHONE = {"width": 400, "height": 800}
SCREENS = {"wide": {"width": 1440, "height": 900}, "narrow": PHONE}
CHAT = [
    {"role": "system", "content": "Answer {{how}}.\n@@@langfusePrompt:name={tone}|label=production@@@"},
    {"type": "placeholder", "name": "history"},
    {"role": "user", "content": "{{ question }}"},
]


def capitals(server: ServerProcess, name: str, **fields: object) -> tuple[str, str]:
    """Make a dataset of two capitals; return its id and the mark that its items' ids begin with."""
    mark = unique("item")
    items = {f"{mark}-{key}": pair for key, pair in CAPITALS.items()}
    return make_dataset(server, name, items, **fields), mark


def outcomes(mark: str) -> list[Outcome]:
    right: list[dict[str, Any]] = [{"name": "exact", "value": 1.0, "comment": "as it says"}, {"name": "tone", "value": "kind"}]
    wrong: list[dict[str, Any]] = [{"name": "exact", "value": 0.0}, {"name": "tone", "value": "curt"}]
    return [
        Outcome(item_id=f"{mark}-ch", output="Bern", seconds=1.0, scores=right),
        Outcome(item_id=f"{mark}-fr", output="Lyon", seconds=3.0, level="ERROR", cost=0.5, scores=wrong),
    ]


def chat(server: ServerProcess) -> str:
    """Make a chat prompt of two versions that refers to another prompt; return its name, which has slashes."""
    folder = unique("folder")
    make_prompt(server, f"{folder}/tone", "Be warm.", labels=["production"])
    told = json.loads(json.dumps(CHAT).replace("{tone}", f"{folder}/tone"))
    make_prompt(server, f"{folder}/chat", "first text", labels=["production"], commitMessage="as it began")
    return _second(server, f"{folder}/answer", told)


def _second(server: ServerProcess, name: str, messages: list[dict[str, str]]) -> str:
    make_prompt(server, name, messages, labels=["production"], tags=["blue"], commitMessage="the first")
    make_prompt(server, name, [*messages, {"role": "assistant", "content": "Now in two."}], tags=["blue"], config={"heat": 0.5})
    return name


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


@pytest.mark.parametrize("form", ["posted run", "run of spans", "experiment"])
def test_the_links_that_clients_print_open_the_run(visit: Visit, form: str) -> None:
    name, run = unique("set/one"), unique("run")
    dataset, mark = capitals(visit.server, name)
    if form == "posted run":
        path = f"/datasets/{dataset}/runs/{post_run(visit.server, run, outcomes(mark))}"
    else:
        own = unique("experiment")
        send_run(visit.server, outcomes(mark), id=own, name=run, dataset_id=dataset, description="as spans")
        path = f"/datasets/{dataset}/runs/{own}" if form == "run of spans" else f"/experiments/results?baseline={own}"

    page = visit.open(visit.project(path))

    expect(page.get_by_role("heading", name=run, level=1)).to_be_visible()
    expect(page).to_have_title(f"{run} · Spanwise")
    summary = page.locator("dl").first
    for fact in (name, "Items2", "Errors1", "2.00 s", "$0.75"):
        expect(summary).to_contain_text(fact)
    expect(page.get_by_text("posted item by item" if form == "posted run" else "as spans")).to_be_visible()
    scores = page.get_by_role("list", name="Scores")
    expect(scores.get_by_role("listitem").filter(has_text="exact").first).to_contain_text("0.5")
    expect(scores.get_by_role("listitem").filter(has_text="tone").first).to_contain_text("kind")
    swiss = row(page, f"{mark}-ch")
    for value in ("Switzerland", "Bern", "exact1", "tonekind", "1.00 s", "$0.25"):
        expect(swiss).to_contain_text(value)
    expect(row(page, f"{mark}-fr")).to_contain_text("Lyon")
    expect(row(page, f"{mark}-fr")).to_contain_text("Paris")
    summary.get_by_role("link", name=name).click()
    expect(page).to_have_url(re.compile(f"/datasets/{dataset}$"))


def test_an_item_opens_and_leads_to_its_trace(visit: Visit) -> None:
    dataset, mark = capitals(visit.server, unique("set"))
    run, results = unique("run"), outcomes(mark)
    send_run(visit.server, results, id=run, name=run, dataset_id=dataset, metadata='{"model": "m-1"}')
    page = visit.open(visit.project(f"/experiments/results?baseline={run}"))
    expect(page.get_by_role("group", name="Metadata")).to_contain_text("m-1")
    toggle = page.get_by_role("button", name=f"{mark}-ch")

    toggle.click()

    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("region", name="Input", exact=True)).to_contain_text("Switzerland")
    expect(page.get_by_role("region", name="Expected output")).to_have_text("Bern")
    expect(page.get_by_role("list", name="Scores of the item")).to_contain_text("as it says")
    page.get_by_role("button", name=f"{mark}-fr").focus()
    page.keyboard.press("ArrowDown")
    expect(toggle).to_be_focused()
    toggle.click()
    expect(page.get_by_role("region", name="Input", exact=True)).to_have_count(0)
    page.get_by_role("link", name=f"Open the trace of {mark}-ch").click()
    expect(page).to_have_url(re.compile(f"/traces/{results[0].trace_id}\\?observation={results[0].span_id}$"))


def test_a_long_payload_is_cut_in_the_list_and_whole_when_opened(visit: Visit) -> None:
    run, end = unique("run"), "the very end"
    send_run(visit.server, [Outcome(item_id="long", output=f"{'word ' * 800}{end}")], id=run, name=run)
    page = visit.open(visit.project(f"/experiments/results?baseline={run}"))
    expect(page.get_by_text("none: data of the program")).to_be_visible()
    expect(page.locator("#root")).not_to_contain_text(end)
    page.get_by_role("button", name="long").click()
    expect(page.get_by_role("region", name="Output", exact=True)).to_contain_text(end)


def test_hundreds_of_items_are_drawn_only_where_they_are_seen(visit: Visit) -> None:
    run = unique("run")
    results = [Outcome(item_id=f"i{number:03d}", output=f"out {number}") for number in range(MANY)]
    send_run(visit.server, results, id=run, name=run)
    page = visit.open(visit.project(f"/experiments/results?baseline={run}"))
    expect(row(page, f"i{MANY - 1}")).to_be_visible()
    page.get_by_role("button", name=f"i{MANY - 1}").click()
    expect(page.get_by_role("region", name="Output", exact=True)).to_have_text(f"out {MANY - 1}")
    scroller = page.get_by_role("table", name="Items").locator("xpath=..")
    for _ in range(40):
        scroller.evaluate("element => element.scrollTo(0, element.scrollHeight)")
        if page.get_by_text(f"{MANY} items. That is all.").count():
            break
        page.wait_for_timeout(150)
    expect(page.get_by_text(f"{MANY} items. That is all.")).to_be_visible()
    expect(row(page, "i000")).to_be_in_viewport()
    assert page.get_by_role("row").count() < 60
    scroller.evaluate("element => element.scrollTo(0, 0)")
    expect(page.get_by_role("region", name="Output", exact=True)).to_have_text(f"out {MANY - 1}")


def test_datasets_lead_to_their_runs(visit: Visit) -> None:
    name, run = unique("set/in/folders"), unique("run")
    dataset, mark = capitals(visit.server, name, description="two capitals", metadata={"owner": "geo"})
    page = visit.open(visit.project())
    page.get_by_role("link", name="Datasets").click()
    expect(row(page, name)).to_contain_text("two capitals")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name="No runs yet")).to_be_visible()
    expect(page.locator("dl").first).to_contain_text("Items2")
    send_run(visit.server, outcomes(mark), id=run, name=run, dataset_id=dataset)
    page.reload()
    expect(page.get_by_role("group", name="Metadata")).to_contain_text("geo")
    for value in ("exact0.5", "2.00 s", "$0.75"):
        expect(row(page, run)).to_contain_text(value)
    page.get_by_role("link", name=run).click()
    expect(page.get_by_role("heading", name=run, level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Datasets")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("slash", ["/", "%2F"])
def test_the_link_of_a_prompt_opens_it_whatever_way_its_slashes_are_written(visit: Visit, slash: str) -> None:
    name = chat(visit.server)
    page = visit.open(visit.project(f"/prompts/{name.replace('/', slash)}"))
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    newest = page.get_by_role("region", name="Version 2")
    for value in ("{{how}}", "history", "{{ question }}", "Now in two.", "heat", "Variableshowquestion", "Placeholdershistory"):
        expect(newest).to_contain_text(value)
    page.get_by_role("link", name="Version 1").click()
    expect(page).to_have_url(re.compile("version=1$"))
    first = page.get_by_role("region", name="Version 1")
    expect(first).to_contain_text("the first")
    expect(first).to_contain_text("production")
    expect(first).not_to_contain_text("Now in two.")
    page.go_back()
    expect(newest).to_be_visible()


def test_a_prompt_shows_what_it_refers_to_and_can_be_copied(visit: Visit) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    name = chat(visit.server)
    page = visit.open(visit.project(f"/prompts/{name}?version=1"))
    page.get_by_role("button", name="Resolved").click()
    expect(page.get_by_role("region", name="Version 1")).to_contain_text("Be warm.")
    expect(page).to_have_url(re.compile("view=resolved"))
    page.get_by_role("button", name="As written").click()
    page.get_by_role("button", name="Copy messages").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('['))")
    assert json.loads(page.evaluate("navigator.clipboard.readText()"))[1]["name"] == "history"
    page.get_by_role("link", name=f"{name.split('/')[0]}/tone").click()
    expect(page.get_by_role("region", name="Version 1")).to_contain_text("Be warm.")
    expect(page).to_have_url(re.compile("/tone\\?label=production$"))


def test_prompts_are_listed_searched_and_narrowed_by_tag(visit: Visit) -> None:
    name = chat(visit.server)
    folder = name.split("/")[0]
    page = visit.open(visit.project("/prompts"))
    page.get_by_role("searchbox").fill(folder.upper())
    expect(page.get_by_role("table", name="Prompts").get_by_role("link")).to_have_count(3)
    expect(page).to_have_url(re.compile("q="))
    listed = row(page, name)
    for value in ("chat", "2", "production", "latest", "blue"):
        expect(listed).to_contain_text(value)
    listed.get_by_role("button", name="Only tag blue").click()
    expect(page.get_by_role("table", name="Prompts").get_by_role("link")).to_have_count(1)
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_role("heading", name="No prompt matches")).to_be_visible()
    page.get_by_role("button", name="Clear search and tag").click()
    page.get_by_role("button", name="Remove the filter for tag blue").wait_for(state="detached")


def test_an_empty_project_says_how_to_begin(visitor: Visitor, empty_server: ServerProcess) -> None:
    visit = visitor(empty_server)
    visit.sign_in()
    for path, heading, code in (("/datasets", "No datasets yet", "create_dataset"), ("/prompts", "No prompts yet", "{{who}}")):
        page = visit.open(visit.project(path))
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.get_by_role("code")).to_contain_text(code)


def test_what_is_not_there_has_a_way_on(visit: Visit) -> None:
    visit.expected_errors.append("404")
    for path, heading, way in (
        ("/datasets/no", "There is no such dataset", "All datasets"),
        ("/datasets/no/runs/no", "There is no such run", "All datasets"),
        ("/experiments/results?baseline=no", "There is no such run", "All datasets"),
        ("/experiments/results", "No experiment is named", "All datasets"),
        ("/prompts/no/such", "There is no such prompt", "All prompts"),
    ):
        page = visit.open(visit.project(path))
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.get_by_role("link", name=way)).to_be_visible()
    visit.page.get_by_role("link", name="All prompts").click()
    expect(visit.page).to_have_url(re.compile("/prompts$"))


def test_a_run_that_fails_to_load_can_be_tried_again(visit: Visit) -> None:
    visit.expected_errors.append("500")
    run, fails = unique("run"), True
    send_run(visit.server, [Outcome(item_id="a")], id=run, name=run)

    def answer(route: Route) -> None:
        if fails:
            route.fulfill(status=500, content_type="application/json", body='{"code": "internal", "message": "Too busy."}')
        else:
            route.continue_()

    visit.page.route(re.compile("/dataset-run\\?"), answer)
    page = visit.open(visit.project(f"/experiments/results?baseline={run}"))
    expect(page.get_by_role("alert")).to_contain_text("Too busy.")
    fails = False
    page.get_by_role("button", name="Try again").click()
    expect(row(page, "Bern")).to_be_visible()


def test_hostile_words_stay_text_in_every_field(visit: Visit) -> None:
    mark = unique(HOSTILE.replace("//", "/"))
    dataset = make_dataset(visit.server, mark, {}, description=HOSTILE, metadata={HOSTILE: HOSTILE})
    judged = [{"name": "tone", "value": HOSTILE, "dataType": "CATEGORICAL", "comment": HOSTILE}]
    result = Outcome(item_id=HOSTILE, output=HOSTILE, input=[{"role": "user", "content": HOSTILE}], scores=judged)
    own = unique("run")
    send_run(
        visit.server, [result], id=own, name=mark, dataset_id=dataset, description=HOSTILE, metadata=json.dumps({"a": HOSTILE})
    )
    name = unique("folder") + "/x onerror=alert(1)?a=b&c#d %41"
    content = [{"role": HOSTILE, "content": f"{HOSTILE} {{{{{HOSTILE}}}}}"}, {"type": "placeholder", "name": "onerror"}]
    make_prompt(visit.server, name, content, config={HOSTILE: HOSTILE}, tags=[HOSTILE], commitMessage=HOSTILE)

    def check(page: Page) -> None:
        expect(page.locator("#root")).to_contain_text("<script>window.hacked=1</script>")
        page.wait_for_timeout(200)
        assert page.evaluate("window.hacked") is None
        assert page.locator("#root img, #root script, #root iframe, a[href^='javascript']").count() == 0

    for path in ("/datasets", f"/datasets/{dataset}"):
        check(visit.open(visit.project(path)))
    page = visit.open(visit.project(f"/datasets/{dataset}/runs/{own}"))
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("region", name="Output", exact=True)).to_be_visible()
    check(page)
    visit.open(visit.project(f"/prompts?q={name.split('/')[0]}"))
    check(page)
    page.locator("[data-row-link]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("region", name="Version 1")).to_be_visible()
    check(page)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("width", SCREENS)
def test_axe_finds_nothing_and_nothing_jumps_or_reaches_beyond_the_screen(
    visitor: Visitor, server: ServerProcess, width: str
) -> None:
    """Every page in light and dark; the run with an item open."""
    run, name = unique("run"), chat(server)
    dataset, mark = capitals(server, unique("set"), description="two capitals", metadata={"owner": "geo"})
    send_run(server, outcomes(mark), id=run, name=run, dataset_id=dataset, description="d", metadata='{"model": "m"}')
    visit = visitor(server, viewport=SCREENS[width], color_scheme="light", reduced_motion="reduce")
    visit.sign_in()
    found = {}
    for path, seen in {
        "/datasets": "two capitals",
        f"/datasets/{dataset}": run,
        f"/datasets/{dataset}/runs/{run}": "Lyon",
        "/prompts": "production",
        f"/prompts/{name}?version=1": "Answer",
    }.items():
        page = visit.open(visit.project(path))
        expect(page.locator("#root")).to_contain_text(seen)
        page.wait_for_timeout(300)
        assert visit.shifts() < SMALL_SHIFT, path
        if "runs" in path:
            page.get_by_role("button", name=f"{mark}-ch").click()
            expect(page.get_by_role("region", name="Output", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[width]["width"], path
        page.evaluate(AXE.read_text("utf-8"))
        found[path] = axe(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert background(page) < 40
        found[path] += axe(page)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_on_a_narrow_screen_a_menu_leads_to_the_areas(visitor: Visitor, server: ServerProcess) -> None:
    visit = visitor(server, viewport=PHONE, has_touch=True)
    visit.sign_in()
    page = visit.open(visit.project())
    page.get_by_role("button", name="Traces, change area").tap()
    page.get_by_role("menuitemradio", name="Prompts").tap()
    expect(page).to_have_url(re.compile("/prompts$"))
    expect(page.get_by_role("button", name="Prompts, change area")).to_be_visible()
