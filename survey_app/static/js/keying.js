// One key, next cell; Enter goes on instead of sending. Without this script, Tab does the same.
(function () {
  "use strict";
  var cells = Array.prototype.slice.call(document.querySelectorAll(".keying__cell"));
  function next(cell) {
    var following = cells[cells.indexOf(cell) + 1];
    if (following) { following.focus(); following.select(); }
  }
  cells.forEach(function (cell) {
    var isWords = cell.classList.contains("keying__cell--words");
    cell.addEventListener("input", function () { if (!isWords && cell.value.length === 1) { next(cell); } });
    cell.addEventListener("keydown", function (event) {
      if (event.key === "Enter") { event.preventDefault(); next(cell); }
    });
  });
}());
