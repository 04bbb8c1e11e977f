"use strict";
// The data of the page, as page_data.cpp writes them, and how figures are written.
const data = JSON.parse(document.getElementById("data").textContent);
data.length = Math.max(data.length, 1);
for (let i = 0; i < data.furtherRanks.length; i += 2)
  for (let k = 0; k < data.furtherRanks[i + 1]; ++k) data.ranks.push([data.furtherRanks[i]]);

// A track is [rank, lane, numbers, is region]; its numbers become objects. Times are in nanoseconds.
function decode([rank, lane, numbers, region]) {
  const segments = [];
  let at = 0;
  for (let i = 0; i < numbers.length;) {
    const start = at + numbers[i];
    const end = start + numbers[i + 1];
    const code = numbers[i + 2];
    const one = { start: start * data.unit, end: end * data.unit, call: Math.floor(code / 16) - 1, lost: (code & 2) > 0,
      first: numbers[i + 3], items: numbers[i + 4], last: numbers[i + 3], busy: 1, failed: code & 1, pieces: 1, attempt: 1 };
    i += 5;
    if (code & 4) {
      one.last = one.first + numbers[i];
      one.busy = numbers[i + 1] / 1000;
      one.failed = numbers[i + 2];
      one.pieces = numbers[i + 3];
      i += 4;
    }
    if (code & 8) one.attempt = numbers[i++];
    segments.push(one);
    at = end;
  }
  return { rank, lane, region: Boolean(region), segments };
}
data.tracks = data.tracks.map(decode);
data.stretches = data.stretches.map(decode);

const errorOf = new Map(data.errors.map((error) => [error[0] + ":" + error[1], error]));
const hostOf = (rank) => data.hosts[data.ranks[rank][0]];
const titleOf = (call) => (call < 0 ? "several calls" : data.calls[call].title);

function timeText(time) {
  const digits = (number, unit) => number.toFixed(number < 9.95 ? 1 : 0) + " " + unit;
  if (time <= 0) return "0 s";
  if (time < 1e3) return Math.round(time) + " ns";
  if (time < 999.5e3) return digits(time / 1e3, "µs");
  if (time < 999.5e6) return digits(time / 1e6, "ms");
  if (time < 119.5e9) return digits(time / 1e9, "s");
  const whole = Math.round(time / 1e9);
  if (whole < 7200) return Math.floor(whole / 60) + " min " + (whole % 60) + " s";
  return Math.floor(whole / 3600) + " h " + Math.floor((whole % 3600) / 60) + " min";
}
// A point of time, with as many digits as `step` between two of them needs.
function pointText(time, step) {
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step / 1e9) - 1e-9)));
  return (time / 1e9).toFixed(digits) + " s";
}
const percent = (share) => (100 * share).toFixed(share < 0.0995 && share > 0 ? 1 : 0) + " %";
const whole = (number) => number.toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
function bytesText(bytes) {
  if (!bytes) return "";
  if (bytes < 1e3) return bytes + " B";
  if (bytes < 1e6) return (bytes / 1e3).toFixed(1) + " kB";
  return bytes < 1e9 ? (bytes / 1e6).toFixed(1) + " MB" : (bytes / 1e9).toFixed(2) + " GB";
}
function itemsText(one) {
  if (one.items === 1) return "item " + one.first;
  const range = one.first + "\u2013" + one.last;
  return one.last - one.first + 1 === one.items ? "items " + range : whole(one.items) + " items between " + range;
}

// An element with texts and elements in it.
function make(tag, properties, ...inside) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
}
