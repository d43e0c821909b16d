"""The bare script: what somebody who knows Playwright would write for this one portal, and nothing that guards it.

No identity gate, no evidence, no ledger, no second way to find anything, no look at what else may have come. It reads
lists of texts (`all_inner_texts`), which is as cheap as a script can read; with `--each-field` it asks for one field
after the other, as most scripts do.
"""

import argparse
import asyncio
import time
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright, async_playwright

from bench.talk import Task, answer, next_order
from bots.browser import find_browser, launch_arguments
from flows.questions import ClaimStatus
from sandbox.one_time_codes import code_for_step, step_at


async def main(*, each_field: bool) -> None:
    """Sign in, then look up as many claims as each order says, in the order of the task."""
    order = await next_order()
    task = Task.model_validate(order, strict=False)
    async with async_playwright() as playwright:
        browser = await _launch(playwright)
        page = await _page(browser)
        await _sign_in(page, task)
        done = 0
        answer(ready=True)
        while (order := await next_order()) is not None:
            begun, right = time.perf_counter(), 0
            for question in task.questions[done : done + order["look_ups"]]:
                right += await _look_up(page, task.address, question, each_field=each_field)
            done += order["look_ups"]
            answer(seconds=time.perf_counter() - begun, right=right)
        await browser.close()


async def _launch(playwright: Playwright) -> Browser:
    found = find_browser()
    if found is None:
        raise SystemExit("There is no browser: run 'portalwright browser' first.")
    return await playwright.chromium.launch(executable_path=Path(found.path), args=launch_arguments())


async def _page(browser: Browser) -> Page:
    context = await browser.new_context(service_workers="block", viewport={"width": 1280, "height": 900})
    return await context.new_page()


async def _sign_in(page: Page, task: Task) -> None:
    await page.goto(f"{task.address}/signin")
    await page.get_by_label("User ID").fill(task.user_name)
    await page.get_by_label("Password").fill(task.password)
    await page.get_by_role("button", name="Sign in").click()
    code = code_for_step(task.totp_seed, step_at(datetime.now(UTC)))
    await page.get_by_label("Verification code").fill(code)
    await page.get_by_role("button", name="Verify").click()
    await page.get_by_role("heading", name="Select provider").wait_for()
    await page.get_by_label(task.questions[0].provider.npi).check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("heading", name="Welcome").wait_for()


async def _look_up(page: Page, address: str, question: ClaimStatus, *, each_field: bool) -> bool:
    claim = question.claim
    await page.goto(f"{address}/claims/search")
    await page.get_by_label("Member ID").fill(question.patient.member_id)
    await page.get_by_label("Service date from").fill(_written(claim.service_from))
    await page.get_by_label("Service date to").fill(_written(claim.service_to))
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("heading", name="Claim status results").wait_for()
    billed = f"${claim.billed:,.2f}"
    rows = [text.split("\t") for text in await page.locator("main table tbody tr").all_inner_texts()]
    number = next(row[0].strip() for row in rows if billed in [cell.strip() for cell in row])
    await page.get_by_role("link", name=number).click()
    await page.get_by_role("heading", name="Claim detail").wait_for()
    fields = await (_field_by_field(page) if each_field else _all_fields(page))
    return fields["Claim number"] == number and fields["Total charge"] == billed and "Claim status" in fields


async def _all_fields(page: Page) -> dict[str, str]:
    fields = {}
    for text in await page.locator("main dl > div").all_inner_texts():
        caption, _, value = text.partition("\n")
        fields[caption.strip()] = value.strip()
    rows = await page.locator("main table tbody tr").all_inner_texts()
    notes = await page.locator("main section > p").all_inner_texts()
    return {**fields, "rows": "\n".join(rows), "notes": "\n".join(notes)}


async def _field_by_field(page: Page) -> dict[str, str]:
    fields = {}
    for box in await page.locator("main dl > div").all():
        fields[await box.locator("dt").inner_text()] = await box.locator("dd").inner_text()
    for index, cell in enumerate(await page.locator("main table tbody td").all()):
        fields[f"cell {index}"] = await cell.inner_text()
    for index, note in enumerate(await page.locator("main section > p").all()):
        fields[f"note {index}"] = await note.inner_text()
    return fields


def _written(day: date) -> str:
    return f"{day:%m/%d/%Y}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--each-field", action="store_true")
    asyncio.run(main(each_field=parser.parse_args().each_field))
