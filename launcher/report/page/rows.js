// The rows of the timeline: ranks, or nodes where there are too many ranks; a node can be opened.
const mostRows = 200;
const folded = data.byNode || data.ranks.length >= mostRows;
const opened = new Set();
const has = { collectives: data.stretches.some((t) => !t.region), regions: Math.min(3, Math.max(0, ...data.stretches.filter((t) => t.region).map((t) => t.lane + 1))) };
const tracksOf = group(data.tracks);
const stretchesOf = group(data.stretches);
// Without a call of a pool there are only the lines of collectives and regions, which have all the room then.
const onlyStretches = data.tracks.length === 0 && data.stretches.length > 0;
const laneStep = onlyStretches ? 10 : 3;
let rows = [];

function group(tracks) {
  const made = new Map();
  for (const track of tracks) {
    if (!made.has(track.rank)) made.set(track.rank, []);
    made.get(track.rank).push(track);
  }
  return made;
}

// Each row has its tracks, the number of ranks that it stands for, and where it is drawn.
function layOut() {
  const ranksOf = data.hosts.map(() => []);
  data.ranks.forEach((rank, number) => ranksOf[rank[0]].push(number));
  rows = [];
  ranksOf.forEach((ranks, host) => {
    const name = data.hosts[host];
    if (folded) {
      const tracks = data.byNode ? tracksOf.get(host) || [] : ranks.flatMap((rank) => tracksOf.get(rank) || []);
      rows.push({ host, name, ranks, tracks, stretches: [], node: true, begins: rows.length > 0 && opened.size > 0 });
    }
    if (!folded || opened.has(host))
      ranks.forEach((rank, i) => rows.push({ host, name: i === 0 && !folded ? name : "", rank, ranks: [rank],
        tracks: tracksOf.get(rank) || [], stretches: stretchesOf.get(rank) || [], begins: i === 0 && !folded && rows.length > 0 }));
  });
  const lane = laneStep * ((has.collectives ? 1 : 0) + has.regions);
  const most = onlyStretches ? 5 : rows.length < 9 ? 40 : 22;
  const height = Math.max(3, Math.min(most, Math.floor(560 / rows.length) - lane));
  let y = 22;
  for (const row of rows) {
    if (row.begins) y += 5;
    row.y = y;
    row.height = height - (height > 5 ? 1 : 0);
    row.lanes = row.node ? 0 : lane;
    y += height + row.lanes;
  }
  return y + 4;
}

// What there is in each column of pixels: how much of it is computing, the colour of most of it, and marks.
function columnsOf(row, count) {
  const made = { sum: new Float32Array(count), best: new Float32Array(count), call: new Int16Array(count).fill(-2),
    marks: new Uint8Array(count) };
  const scale = scaleOf();
  for (const track of row.tracks) {
    const segments = track.segments;
    for (let i = firstIn(segments, view.from); i < segments.length && segments[i].start < view.to; ++i)
      addToColumns(made, segments[i], (segments[i].start - view.from) / scale, (segments[i].end - view.from) / scale,
        data.byNode ? 1 : row.ranks.length, count);
  }
  return made;
}
const mark = { failed: 1, partly: 2, lost: 4, again: 8 };
function addToColumns(columns, one, begin, end, ranks, count) {
  const weight = one.busy / ranks;
  let marks = one.attempt > 1 && !one.lost ? mark.again : 0;
  if (one.lost) marks |= mark.lost;
  if (one.failed) marks |= one.failed === one.items && ranks === 1 && !data.byNode ? mark.failed : mark.partly;
  const first = Math.max(0, Math.floor(begin));
  for (let c = first; c < Math.min(count, Math.max(end, begin + 0.01)); ++c) {
    const part = (Math.min(end, c + 1) - Math.max(begin, c)) * weight;
    columns.marks[c] |= marks;
    if (one.lost) continue;
    columns.sum[c] += part;
    if (part >= columns.best[c]) {
      columns.best[c] = part;
      columns.call[c] = one.call;
    }
  }
}

// The place of the first segment that ends behind a time.
function firstIn(segments, time) {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle].end <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Neighbouring columns that look alike are drawn together.
function drawRow(pen, row, scale) {
  const width = view.width - labels;
  const count = Math.ceil(width * scale);
  const saved = view.width;
  view.width = labels + count;  // columns of the screen, not of CSS
  const columns = columnsOf(row, count);
  view.width = saved;
  drawIdle(pen, row);
  const look = (c) => [columns.call[c], Math.ceil(Math.min(1, columns.sum[c]) * 24), columns.marks[c]];
  for (let c = 0; c < count;) {
    const [call, strength, marks] = look(c);
    let end = c + 1;
    for (; end < count; ++end) {
      const next = look(end);
      if (next[0] !== call || next[1] !== strength || next[2] !== marks) break;
    }
    if (strength > 0 || marks > 0) drawRun(pen, row, labels + c / scale, (end - c) / scale, call, strength / 24, marks);
    c = end;
  }
}
function drawIdle(pen, row) {
  const end = Math.min(xOf(data.length), view.width);
  const begin = Math.max(labels, xOf(0));
  pen.fillStyle = style.idle;
  pen.fillRect(begin, row.y, end - begin, row.height);
  const lostAt = row.node ? undefined : data.ranks[row.rank][9];
  if (lostAt === undefined || xOf(lostAt) > view.width) return;
  pen.fillStyle = style.gone;
  pen.fillRect(Math.max(begin, xOf(lostAt)), row.y, end, row.height);
}
function drawRun(pen, row, x, width, call, strength, marks) {
  if (strength > 0) {
    pen.globalAlpha = Math.max(row.node ? 0.06 : 0.2, strength);
    pen.fillStyle = marks & mark.failed ? style.failed : colourOf(call);
    pen.fillRect(x, row.y, width, row.height);
    pen.globalAlpha = 1;
  }
  if (marks & mark.partly) {
    pen.fillStyle = style.failed;
    const part = Math.max(1.5, row.height * 0.35);
    pen.fillRect(x, row.y + row.height - part, Math.max(width, 1), part);
  }
  if (marks & (mark.lost | mark.again)) {
    pen.fillStyle = hatch(pen, marks & mark.lost ? style.failed : style.page);
    pen.fillRect(x, row.y, Math.max(width, 1), row.height);
  }
}

// A line between pieces that are wide enough to be told apart.
function drawBorders(pen, row) {
  if (row.node || row.height < 5) return;
  const least = 6 * scaleOf();
  pen.fillStyle = style.page;
  pen.globalAlpha = 0.6;
  for (const { segments } of row.tracks)
    for (let i = firstIn(segments, view.from); i < segments.length && segments[i].start < view.to; ++i)
      if (segments[i].end - segments[i].start > least && xOf(segments[i].start) > labels) pen.fillRect(xOf(segments[i].start) - 0.5, row.y, 1, row.height);
  pen.globalAlpha = 1;
}

// Collectives and regions lie under the row of their rank.
function drawStretches(pen, row) {
  for (const track of row.stretches) {
    if (track.lane > (track.region ? 2 : 0)) continue;
    const y = row.y + row.height + 1 + (track.region ? laneStep * ((has.collectives ? 1 : 0) + track.lane) : 0);
    const segments = track.segments;
    pen.fillStyle = track.region ? style.region : style.collective;
    for (let i = firstIn(segments, view.from); i < segments.length && segments[i].start < view.to; ++i) {
      const begin = Math.max(labels, xOf(segments[i].start));
      pen.fillRect(begin, y, Math.max(0.7, Math.min(view.width, xOf(segments[i].end)) - begin), laneStep - 1);
    }
  }
}
