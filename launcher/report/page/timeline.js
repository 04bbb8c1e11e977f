// The timeline: ranks that compute over time, the rows below, and how one moves in them.
const rowsCanvas = document.getElementById("rows");
const busyCanvas = document.getElementById("busy");
const tip = document.getElementById("tip");
let marked = [];     // pieces that were searched for: {rank, start, end}
let selected = null; // [begin, end] while a part is being chosen

function drawTimeline() {
  const height = layOut();
  const { pen, width } = prepared(rowsCanvas, height);
  view.width = width;
  const scale = window.devicePixelRatio || 1;
  drawAxis(pen, height);
  for (const row of rows) {
    drawRow(pen, row, scale);
    drawBorders(pen, row);
    drawStretches(pen, row);
  }
  drawLabels(pen);
  drawMarks(pen, height);
  if (!onlyStretches) drawBusy();
}

function drawAxis(pen, height) {
  const { step, times } = ticks(90);
  pen.textAlign = "center";
  for (const time of times) {
    const x = xOf(time);
    pen.fillStyle = style.line;
    pen.fillRect(Math.round(x), 16, 1, height - 16);
    pen.fillStyle = style.quiet;
    if (x > labels + 12 && x < view.width - 24) pen.fillText(pointText(time, step), x, 8);
  }
}

function drawLabels(pen) {
  const step = rows[0].height + rows[0].lanes;
  const every = Math.max(1, Math.ceil(11 / Math.max(step, 1)));
  let below = -99;
  for (const row of rows) {
    const y = row.y + (row.height + (onlyStretches ? row.lanes : 0)) / 2;
    pen.fillStyle = style.quiet;
    pen.textAlign = "right";
    if (!row.node && row.rank % every === 0) pen.fillText(String(row.rank), labels - 6, y);
    if (row.node && (row.height > 9 || row.host % every === 0))
      pen.fillText(row.ranks.length + (row.ranks.length === 1 ? " rank" : " ranks"), labels - 6, y);
    if (!row.name || y < below + 11) continue;
    below = y;
    pen.fillStyle = style.text;
    pen.textAlign = "left";
    pen.fillText((row.node && !data.byNode ? (opened.has(row.host) ? "\u25be " : "\u25b8 ") : "") + clipped(pen, row.name, labels - 52), 0, y);
  }
}
function clipped(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && pen.measureText(text.slice(0, end) + "\u2026").width > width) --end;
  return text.slice(0, end) + "\u2026";
}

function drawMarks(pen, height) {
  pen.strokeStyle = style.mark;
  pen.lineWidth = 2;
  for (const one of marked) {
    const row = rows.find((r) => r.rank === one.rank) || rows.find((r) => r.node && r.ranks.includes(one.rank));
    const x = xOf(one.start);
    const end = xOf(one.end);
    if (!row || end < labels || x > view.width) continue;
    pen.strokeRect(x - 1, row.y - 1, Math.max(2, end - x) + 2, row.height + 2);
    pen.fillStyle = style.mark;
    const middle = Math.max(labels, (x + end) / 2);
    pen.beginPath();
    pen.moveTo(middle - 5, row.y - 10);
    pen.lineTo(middle + 5, row.y - 10);
    pen.lineTo(middle, row.y - 2);
    pen.fill();
  }
  if (!selected) return;
  pen.globalAlpha = 0.25;
  pen.fillStyle = style.busy;
  pen.fillRect(Math.min(...selected), 16, Math.abs(selected[1] - selected[0]), height);
  pen.globalAlpha = 1;
}

function drawBusy() {
  const { pen, width, height } = prepared(busyCanvas);
  const bottom = height - 6;
  const top = 14;
  const most = data.workers;
  const part = data.length / data.busy.length;
  const y = (ranks) => bottom - (Math.min(ranks, most) / most) * (bottom - top);
  pen.fillStyle = style.idle;
  pen.fillRect(labels, top, width - labels, bottom - top);
  pen.beginPath();
  pen.moveTo(labels, bottom);
  for (let i = Math.max(0, Math.floor(view.from / part)); i < data.busy.length && i * part < view.to; ++i) {
    pen.lineTo(Math.max(labels, xOf(i * part)), y(data.busy[i]));
    pen.lineTo(Math.min(width, xOf((i + 1) * part)), y(data.busy[i]));
  }
  pen.lineTo(Math.min(width, xOf(data.length)), bottom);
  pen.fillStyle = style.busy;
  pen.fill();
  pen.fillStyle = style.text;
  pen.textAlign = "left";
  pen.fillText("ranks that compute", 0, (top + bottom) / 2);
  pen.fillStyle = style.quiet;
  pen.textAlign = "right";
  pen.fillText(String(most), labels - 6, top + 4);
  pen.fillText("0", labels - 6, bottom - 4);
}

// What the tooltip says about a place: lines of text.
function textsAt(row, time, y) {
  const at = pointText(time, scaleOf());
  if (row.node) return nodeTexts(row, time, at);
  const head = "rank " + row.rank + " on " + hostOf(row.rank);
  const line = Math.floor((y - row.y - row.height) / laneStep);
  for (const track of y > row.y + row.height ? row.stretches : []) {
    if (line !== (track.region ? (has.collectives ? 1 : 0) + track.lane : 0)) continue;
    const one = segmentAt(track.segments, time);
    if (one) return [(one.call < 0 ? "several" : data.names[one.call]) + (track.region ? " (region)" : " (collective)"), head,
      "from " + pointText(one.start, scaleOf()) + ", " + timeText(one.end - one.start) + (one.items > 1 ? ", " + one.items + " of them" : "") + (one.first > 0 ? ", " + bytesText(one.first) : "")];
  }
  for (const track of row.tracks) {
    const one = segmentAt(track.segments, time);
    if (one) return [titleOf(one.call) + ", " + itemsText(one), head, ...segmentTexts(one)];
  }
  const lostAt = data.ranks[row.rank][9];
  if (lostAt !== undefined && time > lostAt) return ["lost", head, "since " + pointText(lostAt, scaleOf()), data.ranks[row.rank][10]];
  return ["idle", head, "at " + at];
}
function segmentTexts(one) {
  const made = ["from " + pointText(one.start, scaleOf()) + ", " + timeText(one.end - one.start)];
  if (one.pieces > 1) made.push("computing " + percent(one.busy) + " of this time, in " + whole(one.pieces) + " pieces");
  if (one.items > 1) made.push("on average " + timeText(((one.end - one.start) * one.busy) / one.items) + " an item");
  if (one.lost) made.push("lost with its rank");
  if (one.attempt > 1 && !one.lost) made.push("attempt " + one.attempt);
  const error = one.items === 1 && errorOf.get(one.call + ":" + one.first);
  if (error) made.push(error[3] + ": " + error[4]);
  else if (one.failed) made.push(one.items === 1 ? "failed" : whole(one.failed) + " of them failed");
  return made;
}
function nodeTexts(row, time, at) {
  const head = row.name + ", " + row.ranks.length + " ranks";
  const counts = new Map();
  let busy = 0;
  for (const track of row.tracks) {
    const one = segmentAt(track.segments, time);
    if (!one || one.lost) continue;
    const ranks = one.busy * (data.byNode ? row.ranks.length : 1);
    busy += ranks;
    counts.set(titleOf(one.call), (counts.get(titleOf(one.call)) || 0) + ranks);
  }
  return [head, "at " + at + ": " + busy.toFixed(busy < 9.95 ? 1 : 0) + " compute", ...[...counts].map(([title, ranks]) => title + ": " + ranks.toFixed(1))];
}
function segmentAt(segments, time) {
  const slack = scaleOf();
  const i = firstIn(segments, time - slack);
  let best = null;
  for (let k = i; k < segments.length && segments[k].start <= time + slack; ++k)
    if (!best || (segments[k].start <= time && segments[k].end > time)) best = segments[k];
  return best;
}

function showTip(event) {
  const box = rowsCanvas.getBoundingClientRect();
  const x = event.clientX - box.left;
  const y = event.clientY - box.top;
  const row = rows.find((r) => y >= r.y && y < r.y + r.height + r.lanes + 1);
  rowsCanvas.style.cursor = row && row.node && x < labels && !data.byNode ? "pointer" : "crosshair";
  tip.hidden = !row || x < labels;
  if (tip.hidden) return;
  tip.replaceChildren(...textsAt(row, timeOf(x), y).map((text) => make("div", {}, text)));
  const left = event.clientX + 16 + tip.offsetWidth > window.innerWidth ? event.clientX - 12 - tip.offsetWidth : event.clientX + 16;
  tip.style.left = Math.max(0, left) + "px";
  tip.style.top = Math.max(0, Math.min(event.clientY + 16, window.innerHeight - tip.offsetHeight - 8)) + "px";
}
