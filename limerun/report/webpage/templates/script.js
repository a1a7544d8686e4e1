"use strict";
for (const figure of document.querySelectorAll("[data-chart]")) {
  const plot = figure.querySelector(".plot");
  const slider = figure.querySelector("input");
  const reading = figure.querySelector("output");
  const cross = figure.querySelector(".cross");
  const dot = figure.querySelector(".dot");
  const { points, top, seconds, baseline } = JSON.parse(figure.querySelector("script").textContent);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1) + " MB";
  const clock = (at) => {
    if (seconds < 100) return (seconds < 10 ? at.toFixed(2) : at.toFixed(1)) + " s";
    const whole = Math.round(at);
    return Math.floor(whole / 60) + " min " + (whole % 60) + " s";
  };

  const show = (index) => {
    const [at, bytes] = points[index];
    const x = (at / seconds) * 100 + "%";
    const y = 260 - (bytes / top) * 260;
    cross.setAttribute("x1", x);
    cross.setAttribute("x2", x);
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    for (const mark of [cross, dot]) mark.removeAttribute("visibility");
    const text = clock(at) + ": " + megabytes(bytes) + " above the idle worker, " + megabytes(baseline + bytes) + " in total";
    reading.textContent = text;
    slider.value = index;
    slider.setAttribute("aria-valuetext", text);
  };

  const nearest = (at) => {
    let low = 0;
    let high = points.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points[middle][0] < at) low = middle + 1;
      else high = middle;
    }
    return low > 0 && at - points[low - 1][0] < points[low][0] - at ? low - 1 : low;
  };

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    show(nearest(((event.clientX - box.left) / box.width) * seconds));
  });
  slider.addEventListener("input", () => show(Number(slider.value)));
  slider.parentElement.hidden = false;
}
