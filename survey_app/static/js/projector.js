// Keep the count fresh without a reload: ask every five seconds, half an hour long at most.
(function () {
  "use strict";
  var until = Date.now() + 30 * 60 * 1000;
  function ask() {
    if (Date.now() > until) { return; }
    // The browser reads the page itself: text that a script turns into markup is refused by the policy.
    var asking = new XMLHttpRequest();
    asking.responseType = "document";
    asking.onload = function () {
      if (asking.status !== 200) { return; }
      var shown = document.querySelector("[data-count]");
      var fresh = asking.response && asking.response.querySelector("[data-count]");
      if (!fresh) { location.reload(); return; }
      if (shown.textContent !== fresh.textContent) { shown.replaceChildren.apply(shown, fresh.childNodes); }
    };
    // The network may be away; the next turn asks again.
    asking.onloadend = function () { window.setTimeout(ask, 5000); };
    asking.open("GET", location.href);
    asking.send();
  }
  window.setTimeout(ask, 5000);
}());
