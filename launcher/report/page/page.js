// The page, once it is there.
function drawAll() {
  readStyle();
  hatches.clear();
  drawLegend();
  drawTimeline();
  if (!onlyStretches) drawTimes();
}
addCalls();
addStretches();
addErrors();
addRanks();
addRun();
if (!onlyStretches) listSlowest();
listen();
if (onlyStretches) {
  document.querySelector("aside").remove();
  document.getElementById("search").remove();
  busyCanvas.hidden = true;
  document.getElementById("columns").style.gridTemplateColumns = "minmax(0, 1fr)";
}
if (folded && !data.byNode) document.getElementById("fold").textContent = " A click on a node's name opens it.";
drawAll();
window.addEventListener("resize", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
document.body.dataset.ready = "yes";
