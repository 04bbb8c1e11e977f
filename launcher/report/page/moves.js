// Zoom and pan with mouse and keys, and the search for an item.
const viewBox = document.getElementById("view");
let held = null;  // while a mouse button is down: where it went down, and what was shown then

function xIn(event) {
  return event.clientX - rowsCanvas.getBoundingClientRect().left;
}
function pressed(event) {
  if (event.button !== 0) return;
  viewBox.focus({ preventScroll: true });
  held = { x: xIn(event), from: view.from, to: view.to, moved: false };
  if (event.shiftKey) selected = [held.x, held.x];
  event.currentTarget.setPointerCapture(event.pointerId);
}
function moved(event) {
  if (!held) return showTip(event);
  const x = xIn(event);
  held.moved = held.moved || Math.abs(x - held.x) > 3;
  if (selected) selected[1] = x;
  else if (held.moved) view.from = held.from, view.to = held.to, show(held.from - (x - held.x) * scaleOf(), held.to - (x - held.x) * scaleOf());
  if (selected) drawTimeline();
}
function released(event) {
  if (!held) return;
  const chosen = selected;
  const still = !held.moved;
  held = selected = null;
  if (chosen && Math.abs(chosen[1] - chosen[0]) > 3) show(timeOf(Math.min(...chosen)), timeOf(Math.max(...chosen)));
  else if (still) clicked(event);
}
// A node is opened, and closed again.
function clicked(event) {
  const y = event.clientY - rowsCanvas.getBoundingClientRect().top;
  const row = rows.find((r) => y >= r.y && y < r.y + r.height + 1);
  if (!row || !row.node || data.byNode || event.target !== rowsCanvas || xIn(event) > labels) return;
  if (!opened.delete(row.host)) opened.add(row.host);
  drawTimeline();
}
function wheeled(event) {
  if (!event.ctrlKey && !event.metaKey && document.activeElement !== viewBox) return;
  event.preventDefault();
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const way = event.deltaX * scaleOf();
    show(view.from + way, view.to + way);
  } else {
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 150), timeOf(Math.max(labels, xIn(event))));
  }
}
function keyed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = (view.to - view.from) / 8;
  const middle = (view.from + view.to) / 2;
  const act = { ArrowLeft: () => show(view.from - step, view.to - step), ArrowRight: () => show(view.from + step, view.to + step),
    "+": () => zoom(0.7, middle), "=": () => zoom(0.7, middle), "-": () => zoom(1 / 0.7, middle),
    0: () => show(0, data.length), Home: () => show(0, data.length) }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Pieces that have the item. Of merged ones it is not sure whether they have it.
function piecesWith(index, title) {
  const sure = [];
  const perhaps = [];
  for (const track of data.tracks)
    for (const one of track.segments)
      if (one.first <= index && index <= one.last && (!title || titleOf(one.call).includes(title)))
        (one.last - one.first + 1 === one.items && one.call >= 0 ? sure : perhaps).push({ ...one, rank: data.byNode ? undefined : track.rank, host: track.rank });
  return { sure, perhaps };
}
let lastSearch = "";
let turn = 0;
function search(text) {
  const found = document.getElementById("found");
  const words = text.trim().match(/^(?:(.*\S)\s+)?(\d+)$/);
  turn = text === lastSearch ? turn + 1 : 0;
  lastSearch = text;
  marked = [];
  if (!words) {
    found.textContent = text.trim() ? "write a number, or a call and a number" : "";
    return drawTimeline();
  }
  const index = Number(words[2]);
  const { sure, perhaps } = piecesWith(index, words[1]);
  if (data.byNode) {  // there are no pieces, but what a host did in each part of the time
    const hosts = [...new Set([...sure, ...perhaps].map((one) => data.hosts[one.host]))];
    found.textContent = hosts.length === 0 ? "no rank has run it" : "it ran on " + (hosts.length === 1 ? hosts[0]
      : "one of " + hosts.length + " hosts") + "; the CSV (hecaton report) has each item";
    return drawTimeline();
  }
  if (sure.length === 0) {
    marked = perhaps.slice(0, 200);
    found.textContent = perhaps.length === 0 ? "no rank has run it"
      : "it is in one of " + perhaps.length + " merged pieces; the CSV (hecaton report) has each item";
    return drawTimeline();
  }
  const one = sure[turn % sure.length];
  found.textContent = (sure.length > 1 ? (turn % sure.length) + 1 + " of " + sure.length + ": " : "") + "item " + index + " of " +
    titleOf(one.call) + ", rank " + one.rank + " on " + hostOf(one.rank) + ", " + segmentTexts(one).join(", ");
  showPiece(one);
}
// Marks a piece, and shows enough of the time around it.
function showPiece(one) {
  marked = [one];
  if (one.rank !== undefined && folded && !data.byNode) opened.add(data.ranks[one.rank][0]);
  const length = Math.max(one.end - one.start, shortest);
  const visible = one.start >= view.from && one.end <= view.to && length > (view.to - view.from) / 100;
  if (visible) drawTimeline();
  else show(one.start - 3 * length, one.end + 3 * length);
}

function listen() {
  for (const canvas of [rowsCanvas, busyCanvas]) {
    canvas.addEventListener("pointerdown", pressed);
    canvas.addEventListener("pointermove", canvas === rowsCanvas ? moved : (event) => held && moved(event));
    canvas.addEventListener("pointerup", released);
    canvas.addEventListener("pointercancel", () => { held = selected = null; });
    canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
    canvas.addEventListener("dblclick", (event) => zoom(0.4, timeOf(Math.max(labels, xIn(event)))));
    canvas.addEventListener("wheel", wheeled, { passive: false });
  }
  viewBox.addEventListener("keydown", keyed);
  const middle = () => (view.from + view.to) / 2;
  document.getElementById("in").onclick = () => zoom(0.5, middle());
  document.getElementById("out").onclick = () => zoom(2, middle());
  document.getElementById("all").onclick = () => show(0, data.length);
  if (!onlyStretches) document.getElementById("search").onsubmit = (event) => {
    event.preventDefault();
    search(document.getElementById("wanted").value);
  };
}
