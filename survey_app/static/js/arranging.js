// A box can be dragged to another place. At the drop the form is sent that its buttons send, once; Escape gives up.
// Without this script, and for whoever cannot drag, the buttons beside each box do the same.
(function () {
  "use strict";
  var FAR_ENOUGH = 6, EDGE = 48;
  var token = document.querySelector("input[name=csrf_token]");
  var held = null;
  function boxOf(element) { return element ? element.closest("[data-move]") : null; }
  function siblings(box) {
    return Array.prototype.filter.call(box.parentNode.children, function (one) { return one.dataset.move; });
  }
  function under(box) { return { parent: box.dataset.id, place: "", mark: box, how: "under" }; }
  function beside(dragged, box, y) {
    var row = box.querySelector(".arrange").getBoundingClientRect();
    var after = y > row.top + row.height / 2;
    var others = siblings(box).filter(function (one) { return one !== dragged; });
    return {
      parent: box.dataset.parent, place: String(others.indexOf(box) + (after ? 2 : 1)),
      mark: box, how: after ? "after" : "before"
    };
  }
  // Where a box would go: ideas below a secondary driver, drivers beside one of their kind or below a primary one.
  function goal(dragged, element, y) {
    var over = boxOf(element), kind = dragged.dataset.kind;
    if (!over || dragged.contains(over)) { return null; }
    if (kind === "idea") {
      over = over.closest("[data-kind=secondary]");
      return over && over.dataset.id !== dragged.dataset.parent ? under(over) : null;
    }
    var alike = over.closest("[data-kind=" + kind + "]");
    if (alike) { return beside(dragged, alike, y); }
    return kind === "secondary" && over.dataset.id !== dragged.dataset.parent ? under(over) : null;
  }
  function show(found) {
    if (held.goal) { held.goal.mark.classList.remove("drop--" + held.goal.how); }
    held.goal = found;
    if (found) { found.mark.classList.add("drop--" + found.how); }
  }
  function letGo() {
    if (!held) { return; }
    show(null);
    held.box.classList.remove("is-dragged");
    held.grip.removeEventListener("pointermove", move);
    document.removeEventListener("keydown", giveUp);
    held = null;
  }
  function giveUp(event) { if (event.key === "Escape") { letGo(); } }
  function move(event) {
    if (!held.moves && Math.abs(event.clientY - held.y) + Math.abs(event.clientX - held.x) < FAR_ENOUGH) { return; }
    held.moves = true;
    held.box.classList.add("is-dragged");
    if (event.clientY < EDGE) { window.scrollBy(0, -12); }
    if (event.clientY > window.innerHeight - EDGE) { window.scrollBy(0, 12); }
    show(goal(held.box, document.elementFromPoint(event.clientX, event.clientY), event.clientY));
  }
  function send(box, found) {
    var form = document.createElement("form");
    form.method = "post";
    form.action = box.dataset.move;
    [["csrf_token", token.value], ["parent", found.parent], ["place", found.place]].forEach(function (pair) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = pair[0];
      field.value = pair[1];
      form.appendChild(field);
    });
    document.body.appendChild(form);
    form.submit();
  }
  function drop() {
    var box = held && held.box, found = held && held.goal;
    letGo();
    if (found) { send(box, found); }
  }
  document.querySelector("[data-drags]").hidden = false;
  Array.prototype.forEach.call(document.querySelectorAll("[data-move]"), function (box) {
    var grip = document.createElement("span");
    grip.className = "arrange__grip";
    grip.setAttribute("aria-hidden", "true");
    grip.textContent = "⠿";
    box.querySelector(".arrange").prepend(grip);
    grip.addEventListener("pointerdown", function (event) {
      if (event.button !== 0 || held) { return; }
      event.preventDefault();
      held = { box: box, grip: grip, x: event.clientX, y: event.clientY, goal: null, moves: false };
      grip.setPointerCapture(event.pointerId);
      grip.addEventListener("pointermove", move);
      document.addEventListener("keydown", giveUp);
    });
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", letGo);
  });
}());
