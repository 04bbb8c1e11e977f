// The distribution of the items' times, the slowest ten, and the legend.
const perDecade = 8;

function drawTimes() {
  const { pen, width, height } = prepared(document.getElementById("times"));
  const totals = new Map();
  for (const [, pairs] of data.histogram)
    for (let i = 0; i < pairs.length; i += 2) totals.set(pairs[i], (totals.get(pairs[i]) || 0) + pairs[i + 1]);
  if (totals.size === 0) return;
  const low = Math.min(...totals.keys()) - 1;
  const high = Math.max(Math.max(...totals.keys()) + 2, low + perDecade);
  const most = Math.max(...totals.values());
  const left = 40;
  const bottom = height - 20;
  const bar = (width - left) / (high - low);
  // One item among a million is still seen: the height is that of the logarithm.
  const tall = (count) => (Math.log10(1 + count) / Math.log10(1 + most)) * (bottom - 10);
  for (const [bin, total] of totals) {
    let y = bottom;
    for (const [call, pairs] of data.histogram) {
      const i = pairs.findIndex((value, k) => k % 2 === 0 && value === bin);
      if (i < 0) continue;
      const part = (tall(total) * pairs[i + 1]) / total;
      pen.fillStyle = colourOf(call);
      pen.fillRect(left + (bin - low) * bar + 0.5, y - part, Math.max(1, bar - 1), part);
      y -= part;
    }
  }
  pen.fillStyle = style.quiet;
  pen.textAlign = "center";
  const decades = (high - low) / perDecade;
  const every = Math.max(1, Math.ceil((decades * 46) / (width - left)));
  for (let decade = Math.ceil(low / perDecade); decade * perDecade <= high; ++decade) {
    const x = left + (decade * perDecade - low) * bar;
    pen.fillRect(x, bottom, 1, 4);
    if (decade % every === 0 && x < width - 12) pen.fillText(["1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s", "1000 s"][decade] || "1e" + (decade - 9) + " s", x, bottom + 12);
  }
  pen.textAlign = "right";
  for (let count = 1; count <= most; count *= 10) {
    if (most / count > 10 && tall(count * 10) - tall(count) < 12 && count > 1 && Math.log10(count) % 2 === 1) continue;
    pen.fillText(count < 1e3 ? count : count < 1e6 ? count / 1e3 + "k" : count / 1e6 + "M", left - 5, bottom - tall(count));
  }
  pen.fillRect(left, bottom, width - left, 1);
}

function listSlowest() {
  const list = document.getElementById("slowest");
  for (const [call, first, count, rank, start, duration] of data.slowest) {
    const one = { call, first, last: first + count - 1, items: count, rank: data.byNode ? undefined : rank, start, end: start + duration, busy: 1, pieces: 1, attempt: 1, failed: 0 };
    const text = timeText(duration / count) + ": " + itemsText(one) + (data.calls.length > 1 ? " of " + titleOf(call) : "");
    list.append(make("li", {}, make("button", { type: "button", onclick: () => showPiece(one) }, text), " on rank " + rank + " (" + hostOf(rank) + ")"));
  }
  if (data.slowest.length === 0) list.replaceWith(make("p", {}, "No item ran."));
}

// A small picture for each colour and hatch of the timeline.
function drawLegend() {
  const legend = document.getElementById("legend");
  const add = (text, draw) => {
    const canvas = make("canvas", { width: 32, height: 24 });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    draw(pen);
    legend.append(make("span", {}, canvas, text));
  };
  const box = (pen, colour) => { pen.fillStyle = colour; pen.fillRect(0, 0, 16, 12); };
  legend.replaceChildren();
  const seen = new Map();
  for (const call of data.calls.keys()) if (!seen.has(data.calls[call].colour)) seen.set(data.calls[call].colour, call);
  for (const call of [...seen.values()].slice(0, palette.length)) add(titleOf(call), (pen) => box(pen, colourOf(call)));
  if (seen.size > palette.length) add("\u2026 (colours come again)", () => {});
  if (data.tracks.some((t) => t.segments.some((s) => s.call < 0))) add("several calls", (pen) => box(pen, several));
  if (!onlyStretches) add("idle", (pen) => box(pen, style.idle));
  if (data.calls.some((c) => c.failed)) add("failed", (pen) => box(pen, style.failed));
  const lost = data.tracks.some((t) => t.segments.some((s) => s.lost));
  if (lost) add("lost with its rank", (pen) => { box(pen, style.idle); box(pen, hatch(pen, style.failed)); });
  if (data.tracks.some((t) => t.segments.some((s) => s.attempt > 1 && !s.lost)))
    add("run again", (pen) => { box(pen, palette[0]); box(pen, hatch(pen, style.page)); });
  if (has.collectives) add("collective", (pen) => { pen.fillStyle = style.collective; pen.fillRect(0, 5, 16, 3); });
  if (has.regions > 0) add("region", (pen) => { pen.fillStyle = style.region; pen.fillRect(0, 5, 16, 3); });
}
