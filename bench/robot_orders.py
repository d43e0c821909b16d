"""The benchmark's orders as keywords of Robot Framework: `look_up.robot` is driven by them."""

import time

from bench.talk import Asked, Task, answer, read_order


class Orders:
    """Keywords: one instance for the whole run."""

    ROBOT_LIBRARY_SCOPE = "GLOBAL"

    def __init__(self) -> None:
        self._task = Task.of_order(read_order())
        self._done = 0
        self._begun = 0.0

    def take_task(self) -> Task:
        """Where the portal is, how to sign in, which browser."""
        return self._task

    def say_ready(self) -> None:
        """The robot has signed in."""
        answer(ready=True)

    def take_order(self) -> list[Asked]:
        """The claims to look up next; none when the benchmark is over."""
        order = read_order()
        if order is None:
            return []
        claims = self._task.asked(self._done, order["look_ups"])
        self._done += len(claims)
        self._begun = time.perf_counter()
        return claims

    def answer_order(self, right: int) -> None:
        """The order is carried out; so many look-ups found the claim's page."""
        answer(seconds=time.perf_counter() - self._begun, right=right)

    def number_of_row(self, rows: list[str], billed: str) -> str:
        """The claim number in the row with this charge."""
        cells = ([cell.strip() for cell in row.split("\t")] for row in rows)
        return next(row[0] for row in cells if billed in row)

    def fields_of(self, texts: list[str]) -> dict[str, str]:
        """Captions and values of the claim's page."""
        pairs = (text.partition("\n") for text in texts)
        return {caption.strip(): value.strip() for caption, _, value in pairs}
