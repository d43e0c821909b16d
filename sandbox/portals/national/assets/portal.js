// The portal's own script: guards against double clicks and warns before an idle session ends.
(function () {
  "use strict";
  var WARN_AFTER = 13 * 60 * 1000;

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.sent) { event.preventDefault(); }
    form.sent = true;
  });
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, function (form) { form.sent = false; });
  });

  var signOut = Array.prototype.some.call(document.links, function (link) { return link.pathname === "/signout"; });
  if (!signOut) { return; }
  window.setTimeout(function () {
    var warning = document.createElement("p");
    warning.className = document.body.dataset.warning;
    warning.setAttribute("role", "alert");
    warning.append("Your session will end in 2 minutes because of inactivity.");
    document.body.append(warning);
  }, WARN_AFTER);
})();
