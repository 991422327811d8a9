// A failed Send keeps the answers and goes on trying, with the same key, so that nothing is ever stored twice.
// Without this file the form works as it stands.
(function () {
  "use strict";
  var form = document.forms.sheet;
  addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
  if (!form || !window.fetch || !window.URLSearchParams || !window.SubmitEvent || !("submitter" in SubmitEvent.prototype)) return;
  var send = form.querySelector("button.send");
  var state = document.getElementById("state");
  var body = null, tries = 0, timer = 0, isOnItsWay = false;

  form.addEventListener("submit", function (event) {
    if (event.submitter !== send && !event.submitter.hidden) return; // a language button: the ordinary way
    event.preventDefault();
    if (event.submitter !== send) return; // the Enter key sends nothing
    if (isOnItsWay) return;
    if (!body) {
      body = new URLSearchParams(new FormData(form)).toString();
      freeze(true); // what was sent may have arrived: it must not change any more
    }
    attempt();
  });
  addEventListener("online", function () { if (body && !isOnItsWay) attempt(); });
  addEventListener("beforeunload", warn);

  function attempt() {
    clearTimeout(timer);
    isOnItsWay = true;
    say(form.dataset.sending, true);
    var stop = new AbortController();
    var patience = setTimeout(function () { stop.abort(); }, 20000);
    fetch(form.action, {
      method: "POST", body: body, signal: stop.signal, cache: "no-store",
      headers: { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" }
    }).then(function (answer) {
      clearTimeout(patience);
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429) return later();
      removeEventListener("beforeunload", warn);
      if (answer.redirected && answer.ok) return location.replace(answer.url);
      freeze(false);
      form.submit(); // the server has something to say: let the browser show it
    }).catch(function () { clearTimeout(patience); later(); });
  }

  function later() {
    isOnItsWay = false;
    tries += 1;
    say(form.dataset.trying, false);
    send.textContent = form.dataset.again;
    timer = setTimeout(attempt, Math.min(30, Math.pow(2, tries)) * 1000 * (0.75 + Math.random() / 2));
  }

  function say(words, isBusy) {
    state.textContent = words;
    state.hidden = false;
    send.disabled = isBusy;
  }

  function freeze(isFrozen) {
    form.querySelectorAll("fieldset, textarea, .tongues button").forEach(function (one) { one.disabled = isFrozen; });
  }

  function warn(event) { if (body) { event.preventDefault(); event.returnValue = ""; } }
})();
