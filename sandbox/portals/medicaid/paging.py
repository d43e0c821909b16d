"""How the grids of the Medicaid portal go on over several pages."""

from sandbox.portals.medicaid.controls import Target


def page_numbers(number: int, pages: int) -> tuple[int | None, ...]:
    """First, last and the pages around this one; None stands for the dots between."""
    wanted = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    numbers: list[int | None] = []
    for page in wanted:
        if numbers and page - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(page)
    return tuple(numbers)


def turned(number: int, target: Target) -> int:
    """The page that a link under the grid asks for, from page `number`; the grid keeps it within its pages."""
    step = {"lnkNext": 1, "lnkPrevious": -1}.get(target.control, 0)
    return number + step if step else int(target.argument.removeprefix("Page$"))
