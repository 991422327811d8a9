// A still picture comes to life only when somebody asks: then the chart bundle is loaded, from this host.
(function () {
  "use strict";
  var bundle = null;
  // The chart bundle writes markup in two places: it empties its own place, and it fills a tooltip's table.
  // Whatever it writes comes through here, and all but such a table's tags becomes plain text. No other script
  // may write markup, on any page (Trusted Types).
  var other_tags = /<(?!\/?(?:table|tbody|tr|td|h2|span)(?: class="[\w-]+")?>)/g;
  if (window.trustedTypes && !window.trustedTypes.defaultPolicy) {
    window.trustedTypes.createPolicy("default", {
      createHTML: function (markup) { return markup.replace(other_tags, "&lt;"); }
    });
  }
  function load(address) {
    bundle = bundle || import(address);
    return bundle;
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-explore]"), function (asker) {
    asker.hidden = false;
    asker.querySelector("button").addEventListener("click", function () {
      var button = this;
      button.disabled = true;
      Promise.all([
        load(asker.dataset.bundle),
        fetch(asker.dataset.explore, { credentials: "same-origin" }).then(function (answer) { return answer.json(); })
      ]).then(function (both) {
        var place = document.createElement("div");
        place.className = "figure__live";
        asker.parentNode.insertBefore(place, asker);
        return window.vegaEmbed(place, both[1], {
          actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true }
        }).then(function () {
          var still = asker.parentNode.querySelectorAll(".figure__picture");
          Array.prototype.forEach.call(still, function (one) { one.hidden = true; });
          place.dataset.state = "ready";
          asker.hidden = true;
        });
      }).catch(function () { button.disabled = false; });
    });
  });
}());
