// Counts the seconds down that a one-time code is still of use.

function count() {
  for (const one of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.floor((Date.parse(one.dataset.until) - Date.now()) / 1000));
    one.textContent = String(left);
  }
}

count();
setInterval(count, 1000);
