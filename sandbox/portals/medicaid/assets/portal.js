// The portal's own script: sends the page back, opens windows, and counts down before an idle session ends.
function __doPostBack(target, argument) {
  'use strict';
  var form = document.forms[0];
  form.elements.__EVENTTARGET.value = target;
  form.elements.__EVENTARGUMENT.value = argument;
  form.submit();
}

function openDetail(address, blankFor) {
  'use strict';
  var shape = 'width=1040,height=760,resizable=yes,scrollbars=yes';
  if (!blankFor) { window.open(address, '_blank', shape); return; }
  // The window comes first and its page later, when the server has collected what belongs on it.
  var opened = window.open('', '_blank', shape);
  if (opened) { window.setTimeout(function () { opened.location.href = address; }, blankFor); }
}

function openAttachments(address, blankFor) {
  'use strict';
  openDetail(address, blankFor);
}

function closeAttachments() {
  'use strict';
  // The request in the window behind shows its attachments anew.
  if (window.opener && window.opener.attachmentsChanged) { window.opener.attachmentsChanged(); }
  window.close();
}

function tickAll(grid) {
  'use strict';
  var boxes = document.getElementById(grid).querySelectorAll('input[type=checkbox]');
  for (var at = 0; at < boxes.length; at += 1) { boxes[at].checked = true; }
}

function sessionCountDown(minutes, boxClass, buttonClass) {
  'use strict';
  var warnFor = 120;
  window.setTimeout(function () {
    var left = warnFor;
    var box = document.createElement('div');
    var text = document.createElement('p');
    var stay = document.createElement('input');
    var ticking = window.setInterval(tick, 1000);
    function tick() {
      text.textContent = 'Your session ends in ' + left + ' seconds.';
      left -= 1;
      if (left < 0) { window.clearInterval(ticking); window.location.href = '/Home.aspx'; }
    }
    box.className = boxClass;
    box.setAttribute('role', 'alertdialog');
    box.setAttribute('aria-label', 'Session');
    stay.type = 'button';
    stay.value = 'Stay Logged On';
    stay.className = buttonClass;
    stay.onclick = function () {
      var asked = new XMLHttpRequest();
      asked.open('GET', '/KeepAlive.aspx');
      asked.send();
      window.clearInterval(ticking);
      document.body.removeChild(box);
      sessionCountDown(minutes, boxClass, buttonClass);
    };
    tick();
    box.appendChild(text);
    box.appendChild(stay);
    document.body.appendChild(box);
  }, (minutes * 60 - warnFor) * 1000);
}
