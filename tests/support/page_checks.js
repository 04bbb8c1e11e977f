// Put behind the script of a page of `hecaton report`: does what a reader does, and puts what came of it into the page as
// data-checks: "ok", or what is wrong. The kind of page is in window.pageKind.
"use strict";
const wrong = [];
window.addEventListener("error", (event) => wrong.push("error: " + event.message));
function expect(holds, what) {
  if (!holds) wrong.push(what);
}

// How many pixels of a canvas have about this colour.
function pixels(id, colour) {
  const canvas = document.getElementById(id);
  const wanted = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  const found = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < found.length; i += 4)
    if (wanted.every((value, k) => Math.abs(found[i + k] - value) < 12) && found[i + 3] > 200) ++count;
  return count;
}
function pointer(kind, x, y, more = {}) {
  const canvas = document.getElementById("rows");
  const box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  canvas.dispatchEvent(new PointerEvent(kind, { clientX: box.left + x, clientY: box.top + y, bubbles: true, ...more }));
}
function key(name) {
  document.getElementById("view").dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
}
function find(text) {
  document.getElementById("wanted").value = text;
  document.getElementById("search").requestSubmit();
  return document.getElementById("found").textContent;
}
const rowOf = (rank) => rows.find((row) => row.rank === rank);
// What the tooltip says about a rank at a time.
function tooltip(rank, time) {
  pointer("pointermove", xOf(time), rowOf(rank).y + 1);
  return tip.hidden ? "" : [...tip.children].map((line) => line.textContent).join("; ");
}

const checks = {
  every() {
    expect(document.body.dataset.ready === "yes", "the page is not ready");
    if (!onlyStretches) {
      expect(pixels("rows", palette[0]) > 500, "no pieces are drawn");
      expect(pixels("busy", style.busy) > 200, "no busy ranks are drawn");
      expect(pixels("times", palette[0]) > 50, "no distribution is drawn");
    }
    expect(document.querySelectorAll("#calls tbody tr").length === data.calls.length, "the calls are not all there");
    expect(document.querySelectorAll("#ranks tbody tr").length === Math.min(data.ranks.length, 2000), "the ranks are not all there");
    expect(document.documentElement.scrollWidth <= window.innerWidth, "the page is wider than its window");
    expect(performance.getEntriesByType("resource").length === 0, "the page has loaded something");
    const whole = view.to - view.from;
    expect(whole === data.length, "not all of the time is shown at first");
    key("+");
    expect(view.to - view.from < whole * 0.8, "the key + does not zoom in");
    const before = view.from;
    key("ArrowRight");
    expect(view.from > before, "the right arrow does not move");
    const held = timeOf(450);
    pointer("pointerdown", 450, 30);
    pointer("pointermove", 435, 30);
    pointer("pointermove", 440, 30);
    pointer("pointerup", 440, 30);
    expect(Math.abs(timeOf(440) - held) < scaleOf() / 2, "dragging does not move");
    key("0");
    expect(view.from === 0 && view.to === data.length, "the key 0 does not show everything");
    document.getElementById("rows").dispatchEvent(new WheelEvent("wheel", { deltaY: -200, ctrlKey: true, clientX: 500, cancelable: true }));
    expect(view.to - view.from < whole * 0.8, "the wheel does not zoom");
    document.getElementById("all").click();
    expect(view.to - view.from === whole, "the button does not show everything");
    pointer("pointerdown", 300, 30, { shiftKey: true });
    pointer("pointermove", 420, 30, { shiftKey: true });
    pointer("pointerup", 420, 30, { shiftKey: true });
    expect(view.to - view.from < whole / 2, "a chosen part is not shown");
    key("Home");
    if (onlyStretches) return;
    document.querySelector("#slowest button").click();
    expect(marked.length === 1, "the slowest item is not shown");
    key("0");
  },
  two() {
    const text = find("54");
    expect(/1 of 2: item 54 of search, rank \d on node1/.test(text), "the search says: " + text);
    expect(/2 of 2: item 54 of map#2/.test(find("54")), "the second search does not go on");
    expect(/item 54 of map#2/.test(find("map#2 54")), "the search in a call");
    expect(find("99999") === "no rank has run it", "an item that is not there");
    expect(find("x") === "write a number, or a call and a number", "a text in place of a number");
    key("0");
    expect(tooltip(0, 190e6).startsWith("idle; rank 0 on node1"), "the tooltip of an idle rank: " + tooltip(0, 190e6));
    const row = rowOf(0);
    pointer("pointermove", xOf(153e6), row.y + row.height + 1.5);
    expect(tip.textContent.startsWith("broadcast (collective)"), "the tooltip of a collective: " + tip.textContent);
    pointer("pointermove", xOf(50e6), row.y + row.height + 7.5);
    expect(tip.textContent.startsWith("parse (region)"), "the tooltip of a region: " + tip.textContent);
    expect(pixels("rows", palette[1]) > 100, "the second call has no colour of its own");
  },
  tail() {
    const text = find("812");
    expect(/^item 812 of sweep, rank \d+ on node\d, from .*, 52 s$/.test(text), "the search says: " + text);
    expect(document.querySelector("#slowest button").textContent.startsWith("52 s: item 812"), "the slowest item");
    const one = data.tracks.flatMap((track) => track.segments.map((s) => ({ ...s, rank: track.rank }))).find((s) => s.first === 812);
    key("0");
    expect(tooltip(one.rank, one.start + 1e9).startsWith("sweep, item 812; rank " + one.rank), "the tooltip of item 812: " + tooltip(one.rank, one.start + 1e9));
    document.querySelectorAll("#ranks th")[5].click();
    expect(document.querySelector("#ranks tbody td").textContent === String(one.rank), "the busiest rank is not the first one after a click");
  },
  errors() {
    expect(pixels("rows", style.failed) > 100, "failed items are not red");
    expect(document.querySelectorAll("#errors tbody tr").length === 17, "the errors are not all there");
    expect(document.querySelector("#errors tbody").textContent.includes('no such cell: <5> & "more"'), "an error's text");
    const lost = data.tracks.flatMap((track) => track.segments.map((s) => ({ ...s, rank: track.rank }))).find((s) => s.lost);
    expect(tooltip(lost.rank, (lost.start + lost.end) / 2).includes("lost with its rank"), "the tooltip of the lost item");
    expect(tooltip(lost.rank, lost.end + 1e9).startsWith("lost; rank 5"), "the tooltip of the lost rank: " + tooltip(lost.rank, lost.end + 1e9));
    const again = data.tracks.flatMap((track) => track.segments.map((s) => ({ ...s, rank: track.rank }))).find((s) => s.attempt > 1);
    expect(tooltip(again.rank, (again.start + again.end) / 2).includes("attempt 2"), "the tooltip of the second attempt");
    expect(document.getElementById("legend").textContent.includes("run again"), "the legend");
  },
  thousand() {
    opened.clear();
    key("0");
    expect(rows.length === 16 && rows.every((row) => row.node), "the rows are not the nodes");
    pointer("pointerdown", 10, rows[2].y + 3);
    pointer("pointerup", 10, rows[2].y + 3);
    expect(rows.length === 16 + rows[2].ranks.length, "a click does not open a node");
    pointer("pointerdown", 10, rows[2].y + 3);
    pointer("pointerup", 10, rows[2].y + 3);
    expect(rows.length === 16, "a second click does not close it");
    pointer("pointermove", xOf(3e9), rows[0].y + 3);
    expect(/node1, 63 ranks.*6[123].*compute/.test(tip.textContent), "the tooltip of a node: " + tip.textContent);
  },
  giant() {
    expect(data.ranks.length === 5000 && rows.length === 100, "the rows are not the nodes");
    expect(hostOf(4999) === "node100", "the host of the last rank");
    pointer("pointermove", xOf(3e9), rows[50].y + 1);
    expect(/node51, 50 ranks.*compute/.test(tip.textContent), "the tooltip of a node: " + tip.textContent);
    expect(find("10001").startsWith("it ran on node51; the CSV"), "the search: " + find("10001"));
  },
  million() {
    expect(/one of \d+ merged pieces/.test(find("500000")) || /^item 500000/.test(find("500000")), "the search in merged pieces");
    expect(document.body.textContent.includes("1\u202f000\u202f000"), "the number of items");
  },
  spmd() {
    expect(pixels("rows", style.collective) > 500, "no collectives are drawn");
    expect(pixels("rows", style.region) > 500, "no regions are drawn");
    expect(document.querySelectorAll("#stretches tbody tr").length === 3, "the table of collectives and regions");
    const row = rowOf(2);
    const one = row.stretches.find((track) => !track.region).segments[0];
    pointer("pointermove", xOf((one.start + one.end) / 2), row.y + row.height + 4);
    expect(tip.textContent.startsWith("all_reduce (collective)rank 2 on node2"), "the tooltip of a collective: " + tip.textContent);
  },
  died() {
    expect(document.querySelector(".note").textContent.startsWith("The job ended here"), "the note");
  }
};
try {
  checks.every();
  if (checks[window.pageKind]) checks[window.pageKind]();
} catch (error) {
  wrong.push(String(error));
}
document.body.dataset.checks = wrong.length === 0 ? "ok" : wrong.join(" | ");
