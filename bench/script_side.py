"""The bare script: what somebody who knows Playwright would write for this one portal, and nothing that guards it.

No identity gate, no evidence, no ledger, no second way to find anything, no look at what else may have come. It reads
lists of texts (`all_inner_texts`), which is as cheap as a script can read; with `--each-field` it asks for one field
after the other, as most scripts do. With `--each-item` it is the naive robot: it starts a browser and signs in for each
claim, and ends it again.
"""

import argparse
import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bench.talk import Asked, Task, answer, next_order


async def main(*, each_field: bool, each_item: bool) -> None:
    """Sign in, then look up as many claims as each order says, in the order of the task."""
    task = Task.of_order(await next_order())
    async with contextlib.AsyncExitStack() as stack:
        page = None if each_item else await stack.enter_async_context(_signed_in(task))
        done = 0
        answer(ready=True)
        while (order := await next_order()) is not None:
            begun, right = time.perf_counter(), 0
            for asked in task.asked(done, order["look_ups"]):
                if page is not None:
                    right += await _look_up(page, task.address, asked, each_field=each_field)
                    continue
                async with _signed_in(task) as own:
                    right += await _look_up(own, task.address, asked, each_field=each_field)
            done += order["look_ups"]
            answer(seconds=time.perf_counter() - begun, right=right)


@contextlib.asynccontextmanager
async def _signed_in(task: Task) -> AsyncIterator[Page]:
    """A browser of its own that is signed in; ends with the `async with`."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=Path(task.browser), args=list(task.arguments))
        context = await browser.new_context(service_workers="block", viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        await _sign_in(page, task)
        yield page
        await browser.close()


async def _sign_in(page: Page, task: Task) -> None:
    await page.goto(f"{task.address}/signin")
    await page.get_by_label("User ID").fill(task.user_name)
    await page.get_by_label("Password").fill(task.password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Select provider").wait_for()
    await page.get_by_label(task.npi).check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("heading", name="Welcome").wait_for()


async def _look_up(page: Page, address: str, asked: Asked, *, each_field: bool) -> bool:
    await page.goto(f"{address}/claims/search")
    await page.get_by_label("Member ID").fill(asked.member_id)
    await page.get_by_label("Service date from").fill(asked.first_day)
    await page.get_by_label("Service date to").fill(asked.last_day)
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("heading", name="Claim status results").wait_for()
    rows = [text.split("\t") for text in await page.locator("main table tbody tr").all_inner_texts()]
    number = next(row[0].strip() for row in rows if asked.billed in [cell.strip() for cell in row])
    await page.get_by_role("link", name=number).click()
    await page.get_by_role("heading", name="Claim detail").wait_for()
    fields = await (_field_by_field(page) if each_field else _all_fields(page))
    return fields["Claim number"] == number and fields["Total charge"] == asked.billed and "Claim status" in fields


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


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--each-field", action="store_true")
    parser.add_argument("--each-item", action="store_true")
    given = parser.parse_args()
    asyncio.run(main(each_field=given.each_field, each_item=given.each_item))
