// Counts down the seconds that a one-time code is still of use, or the minutes that a page may still be looked at.

function count() {
  for (const one of document.querySelectorAll("[data-until]")) {
    const seconds = Math.max(0, Math.floor((Date.parse(one.dataset.until) - Date.now()) / 1000));
    const left = String(one.dataset.in === "minutes" ? Math.ceil(seconds / 60) : seconds);
    if (one.textContent !== left) one.textContent = left;
  }
}

count();
setInterval(count, 1000);
