// Keep the count fresh without a reload: ask every five seconds, half an hour long at most.
(function () {
  "use strict";
  var until = Date.now() + 30 * 60 * 1000;
  function ask() {
    if (Date.now() > until) { return; }
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (text) {
      var shown = document.querySelector("[data-count]");
      var fresh = text && new DOMParser().parseFromString(text, "text/html").querySelector("[data-count]");
      if (text && !fresh) { location.reload(); return; }
      if (fresh && shown.textContent !== fresh.textContent) { shown.replaceChildren.apply(shown, fresh.childNodes); }
    }).catch(function () { /* The network is away; the next turn asks again. */ }).then(function () {
      window.setTimeout(ask, 5000);
    });
  }
  window.setTimeout(ask, 5000);
}());
