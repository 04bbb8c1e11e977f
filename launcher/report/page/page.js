// The page, once it is there.
function drawAll() {
  readStyle();
  hatches.clear();
  drawLegend();
  drawTimeline();
  drawTimes();
}
addCalls();
addErrors();
addRanks();
addRun();
listSlowest();
listen();
if (folded && !data.byNode) document.getElementById("fold").textContent = " A click on a node's name opens it.";
drawAll();
window.addEventListener("resize", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
document.body.dataset.ready = "yes";
