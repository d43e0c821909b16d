// While a report is being made: ask whether it is done, and then show it.
const waiting = document.querySelector("[data-waits]");

async function look() {
  try {
    const answer = await fetch(waiting.dataset.waits, { headers: { Accept: "application/json" } });
    if (answer.ok && !(await answer.json()).waits) {
      location.reload();
      return;
    }
    if (answer.status === 401) return;
  } catch {
    // The console is not there for a moment: ask again.
  }
  setTimeout(look, 2000);
}

if (waiting) setTimeout(look, 1000);
