// The portal's own script: guards against double clicks, closes pop-ups, counts down before an idle session ends.
(function () {
  "use strict";
  var LAST_MINUTES = 2;

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.sent) { event.preventDefault(); }
    form.sent = true;
  });
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, function (form) { form.sent = false; });
  });
  document.addEventListener("click", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-dismiss")) {
      event.target.closest("[role=dialog]").parentNode.remove();
    }
  });

  document.addEventListener("click", function (event) {
    var name = event.target.dataset && event.target.dataset.every;
    if (!name) { return; }
    Array.prototype.forEach.call(event.target.form.elements, function (box) { if (box.name === name) { box.checked = true; } });
  });

  var idle = Number(document.body.dataset.idle);
  if (!idle) { return; }
  var look = document.body.dataset.look.split(" ");
  window.setTimeout(warn, Math.max(0, idle - LAST_MINUTES) * 60000);

  function warn() {
    var end = Date.now() + Math.min(idle, LAST_MINUTES) * 60000;
    var veil = document.createElement("div");
    veil.className = look[0];
    veil.innerHTML = "<section role='alertdialog' aria-modal='true' aria-label='Session about to end'><h2>Are you still there?</h2>" +
      "<p>Your session will end in <span></span> because of inactivity.</p>" +
      "<p><button type='button'>Stay signed in</button> <a href='/signout'>Sign out</a></p></section>";
    veil.firstChild.className = look[1];
    var button = veil.getElementsByTagName("button")[0];
    button.className = look[2];
    document.body.append(veil);
    var ticking = window.setInterval(tick, 1000);
    tick();
    button.addEventListener("click", function () {
      window.clearInterval(ticking);
      fetch("/session/extend", { method: "POST" }).then(function (answer) {
        if (!answer.ok) { window.location.assign("/home"); return; }
        veil.remove();
        window.setTimeout(warn, Math.max(0, idle - LAST_MINUTES) * 60000);
      });
    });

    function tick() {
      var left = Math.max(0, Math.round((end - Date.now()) / 1000));
      veil.getElementsByTagName("span")[0].textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      if (left === 0) { window.clearInterval(ticking); window.location.assign("/home"); }
    }
  }
})();
