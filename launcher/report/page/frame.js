// What all pictures share: colours, canvases of the right size, and the stretch of time that is shown.
const palette = ["#3a7cc9", "#e08a1e", "#2b9e8f", "#9160b8", "#58b0dd", "#8d8f2e", "#cf74ab", "#9a6a44"];
const several = "#7a8794";
const labels = 118;  // pixels at the left of the time axis

function colourOf(call) {
  return call < 0 ? several : palette[data.calls[call].colour % palette.length];
}
const style = {};
function readStyle() {
  const computed = getComputedStyle(document.documentElement);
  for (const name of ["page", "text", "quiet", "line", "idle", "gone", "failed", "busy", "collective", "region", "mark"])
    style[name] = computed.getPropertyValue("--" + name).trim();
  style.font = getComputedStyle(document.body).fontFamily;
}

// The canvas at the screen's resolution; its units are those of CSS.
function prepared(canvas, height) {
  if (height) canvas.style.height = height + "px";
  const scale = window.devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  canvas.width = Math.max(1, Math.round(box.width * scale));
  canvas.height = Math.max(1, Math.round(box.height * scale));
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.font = "11px " + style.font;
  pen.textBaseline = "middle";
  return { pen, width: box.width, height: box.height };
}

const hatches = new Map();
function hatch(pen, colour) {
  const known = hatches.get(colour);
  if (known) return known;
  const tile = make("canvas", { width: 6, height: 6 });
  const brush = tile.getContext("2d");
  brush.strokeStyle = colour;
  brush.lineWidth = 1.6;
  brush.beginPath();
  for (const at of [-6, 0, 6]) {
    brush.moveTo(at - 1, 7);
    brush.lineTo(at + 7, -1);
  }
  brush.stroke();
  const made = pen.createPattern(tile, "repeat");
  hatches.set(colour, made);
  return made;
}

const view = { from: 0, to: data.length, width: 1 };
const scaleOf = () => (view.to - view.from) / Math.max(1, view.width - labels);
const xOf = (time) => labels + (time - view.from) / scaleOf();
const timeOf = (x) => view.from + (x - labels) * scaleOf();
const shortest = Math.max(1000, data.unit * 50);

function show(from, to) {
  const span = Math.min(Math.max(to - from, shortest), data.length);
  const begin = Math.min(Math.max(from + (to - from - span) / 2, 0), data.length - span);
  view.from = begin;
  view.to = begin + span;
  drawTimeline();
}
function zoom(factor, around) {
  show(around - (around - view.from) * factor, around + (view.to - around) * factor);
}

// Round times for marks on the axis, at least so many pixels apart.
function ticks(pixels) {
  const least = scaleOf() * pixels;
  let step = 10 ** Math.ceil(Math.log10(least));
  for (const part of [5, 2]) if (step / part >= least) { step /= part; break; }
  const found = [];
  for (let i = Math.ceil(view.from / step); i * step <= view.to; ++i) found.push(i * step);
  return { step, times: found };
}
