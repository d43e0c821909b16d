// The portal's own script: buttons that send forms, windows for claims, remittances and requests, and the warning before an idle session ends.
function once(form) {
  if (form.sent) { return false; }
  form.sent = true;
  return true;
}
function sendForm(form) {
  if (once(form)) { form.submit(); }
}
function setAndSend(form, name, value) {
  form.elements[name].value = value;
  sendForm(form);
}
function viewClaim(reference, key, blank) {
  return openWindow("/pcs/claimDetail.do?claim=" + reference + "&wk=" + key, blank);
}
function viewRemit(reference, key, form, blank) {
  return openWindow("/pcs/remitFile.do?remit=" + reference + "&wk=" + key + "&form=" + form, blank);
}
function viewRequest(reference, key, blank) {
  return openWindow("/pcs/appealDetail.do?request=" + reference + "&wk=" + key, blank);
}
function tickAll(form) {
  for (var place = 0; place < form.elements.length; place += 1) {
    if (form.elements[place].type === "checkbox") { form.elements[place].checked = true; }
  }
}
function openWindow(address, blank) {
  var look = "width=980,height=720,scrollbars=yes,resizable=yes,toolbar=no,menubar=no";
  if (!blank) {
    window.open(address, "_blank", look);
    return false;
  }
  var empty = window.open("about:blank", "_blank", look);
  window.setTimeout(function () { empty.location.replace(address); }, blank);
  return false;
}
function watchIdle(minutes, look) {
  var box = null;
  var left = 120;
  function count() {
    if (box === null) { return; }
    left -= 1;
    box.firstChild.nodeValue = "Your session will end in " + left + " seconds because of inactivity. ";
    if (left > 0) { window.setTimeout(count, 1000); }
  }
  window.setTimeout(function () {
    box = document.createElement("div");
    box.className = look;
    box.appendChild(document.createTextNode("Your session will end in 120 seconds because of inactivity. "));
    var stay = document.createElement("input");
    stay.type = "button";
    stay.value = "Continue Session";
    stay.onclick = function () {
      var ask = new XMLHttpRequest();
      ask.open("GET", "/pcs/stay.do", true);
      ask.send();
      document.body.removeChild(box);
      box = null;
      left = 120;
      watchIdle(minutes, look);
    };
    box.appendChild(stay);
    document.body.appendChild(box);
    window.setTimeout(count, 1000);
  }, (minutes - 2) * 60000);
}
