// The tables below the picture. A click on a column's name sorts by it.
function tableOf(columns, lines) {
  const body = make("tbody", {});
  const fill = (order) => body.replaceChildren(...order.map((line) => make("tr", {}, ...line.map((cell, i) => {
    const kind = columns[i].kind || "";
    const shown = columns[i].show ? columns[i].show(cell, line) : cell;
    return make("td", { className: kind + (columns[i].bad && cell ? " bad" : "") }, ...(Array.isArray(shown) ? shown : [shown === null || shown === undefined ? "" : String(shown)]));
  }))));
  let sortedBy = -1;
  const head = make("tr", {}, ...columns.map((column, i) => make("th", { className: column.kind || "", title: column.title || "", onclick: () => {
    const way = sortedBy === i ? -1 : 1;
    sortedBy = way > 0 ? i : -1;
    const value = (line) => (line[i] === null || line[i] === undefined ? -Infinity : line[i]);
    fill([...lines].sort((a, b) => (value(a) < value(b) ? way : value(a) > value(b) ? -way : 0)));
  } }, column.name)));
  fill(lines);
  return make("div", { className: "scroll", tabIndex: 0 }, make("table", {}, make("thead", {}, head), body));
}
const number = (name, show, title) => ({ name, kind: "number", show: show || ((cell) => whole(cell)), title });
const dash = (show) => (cell) => (cell === null || cell === undefined ? "\u2013" : show(cell));

function addCalls() {
  const section = document.getElementById("calls");
  if (data.calls.length === 0) return section.append(make("p", {}, "No call of a pool was recorded."));
  const share = dash(percent);
  const columns = [{ name: "call", show: (cell, line) => [make("span", { className: "swatch", style: "background:" + colourOf(line.call) }), cell] },
    number("items"), { ...number("failed"), bad: true }, { ...number("lost"), bad: true }, number("restored", undefined, "their results were in the journal"), number("chunks", dash(whole)),
    number("wall", dash(timeText)), number("computing", dash(timeText), "all items added up"),
    number("efficiency", share, "parallel efficiency: load balance \u00d7 dispatch \u00d7 start and tail"), number("balance", share, "load balance: time that a rank was active, on average / time from the first item's start to the last one's end"),
    number("dispatch", share, "computing of a rank / time that it was active"),
    number("start, tail", share, "time from the first item's start to the last one's end / time of the call"), number("sent", bytesText), number("received", bytesText), { name: "verdict", kind: "text" }];
  const lines = data.calls.filter((call) => !call.more).map((call, i) => {
    const f = call.factors || [null, null, null, null];
    const line = [call.title, call.items, call.failed, call.lost, call.restored, call.chunks || null, call.end - call.begin, call.computing * 1e9, ...f.slice(0, 3),
      data.callTimes ? f[3] : null, call.sent, call.received, (call.ended ? "" : "It had not ended. ") + (call.cut ? "It was cut short. " : "") + (call.verdict || "")];
    line.call = i;
    return line;
  });
  for (const i of [4, 3])  // restored, lost
    if (lines.every((line) => !line[i])) {
      columns.splice(i, 1);
      lines.forEach((line) => line.splice(i, 1));
    }
  section.append(tableOf(columns, lines));
  const rest = data.calls.find((call) => call.more);
  if (rest) section.append(make("p", { className: "factors" }, "and " + rest.title + ", which took less time"));
  section.append(make("p", { className: "factors" }, "Efficiency = balance \u00d7 dispatch \u00d7 start and tail, over " + data.workers +
    " ranks. A rank is active from its first item to its last one. Balance: that time on average, of the time from the first item's start to the last one's end. " +
    "Dispatch: computing, of the time that a rank is active. Start and tail: the time from the first item to the last one, of the whole call. A dash: the call overlaps with another one, or the caller ran it by itself."));
}

function addStretches() {
  const section = document.getElementById("stretches");
  if (data.stretchTable.length === 0) return section.remove();
  section.append(tableOf([{ name: "name" }, { name: "" }, number("times", undefined, "on all ranks together"), number("bytes", bytesText),
    number("of a rank", percent, "share of a rank's time, on average"), number("mean", timeText), number("longest", timeText), number("on rank")],
    data.stretchTable.map(([name, region, count, bytes, time, longest, rank]) =>
      [data.names[name], region ? "region" : "collective", count, bytes, time / data.length / data.ranks.length, time / count, longest, rank])));
}

function addErrors() {
  const section = document.getElementById("errors");
  if (data.allErrors === 0) return section.remove();
  section.append(tableOf([{ name: "call" }, number("item"), number("rank"), { name: "host" }, { name: "type" }, { name: "text", kind: "text" }],
    data.errors.map(([call, index, rank, type, text]) => [titleOf(call), index, rank, hostOf(rank), type, text])));
  if (data.allErrors > data.errors.length)
    section.append(make("p", { className: "factors" }, "The first " + data.errors.length + " of " + whole(data.allErrors) + "."));
}

function addRanks() {
  const section = document.getElementById("ranks");
  const listed = data.ranks.filter((rank) => rank.length > 1);
  const lines = listed.map(([host, items, failed, lost, busy, cpu, peak, cores, offset, lostAt, why], rank) =>
    [rank, data.hosts[host], items, failed, lost, busy, cpu, peak || null, cores || null, offset, lostAt === undefined ? "" : "lost after " + timeText(lostAt) + (why ? ": " + why : "")]);
  const columns = [number("rank"), { name: "host" }, number("items"), { ...number("failed"), bad: true }, { ...number("lost"), bad: true },
    number("busy", percent, "computing, of the whole time"), number("CPU", dash((cell) => timeText(cell * 1e9)), "processor time of the process"),
    number("peak memory", dash(bytesText)), number("cores", dash(whole)), number("clock", dash((cell) => timeText(Math.abs(cell)) + (cell < 0 ? " behind" : " ahead")), "of the root's; the times are corrected by that"), { name: "", kind: "text" }];
  if (!listed.some((rank) => typeof rank[8] === "number")) {
    columns.splice(9, 1);
    lines.forEach((line) => line.splice(9, 1));
  }
  section.append(tableOf(columns, lines));
  if (listed.length < data.ranks.length)
    section.append(make("p", { className: "factors" }, "The first " + listed.length + " of " + data.ranks.length + " ranks."));
}

function addRun() {
  const section = document.getElementById("run");
  section.append(make("div", { className: "scroll" }, make("table", {}, ...data.facts.map(([name, text]) => make("tr", {}, make("td", {}, name), make("td", { className: "text" }, text))))));
  if (data.losses.length > 0) {
    section.append(make("h2", {}, "Losses"), tableOf([number("rank"), { name: "host" }, { name: "why", kind: "text" }], data.losses));
  }
  if (data.cards.length > 0) section.append(make("h2", {}, "What hecaton run said"), make("pre", {}, data.cards.join("\n")));
}
