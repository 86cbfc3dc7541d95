// What a reader can ask of the figures: show and hide scenarios and bands, read values at a point in time by pointer or keys, and
// filter the table of parameters. The page is whole without it.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const off = new Set();
  for (const element of document.querySelectorAll(".controls")) element.hidden = false;

  const press = (buttons, name, on) => {
    document.body.classList.toggle(name, !on);
    for (const button of buttons) button.setAttribute("aria-pressed", String(on));
  };
  for (const button of document.querySelectorAll("button[data-scenario]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const scenario = Number(button.dataset.scenario);
      const on = off.delete(scenario) || (off.add(scenario), false);
      press(document.querySelectorAll(`button[data-scenario="${scenario}"]`), `off-${scenario}`, on);
    });
  }
  for (const button of document.querySelectorAll("button[data-toggle]")) {
    button.addEventListener("click", () => press([button], `off-${button.dataset.toggle}`, button.getAttribute("aria-pressed") === "false"));
  }

  const write = (value, percent) => {
    if (value === null) return "–";
    if (percent) return `${value.toFixed(1)}%`;
    return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 }).format(value);
  };
  const tell = (chart, line, t) => line.parts.map(([name, low, high]) => {
    const value = high ? `${write(low[t], chart.percent)} to ${write(high[t], chart.percent)}` : write(low[t], chart.percent);
    return name ? `${name} ${value}` : value;
  }).join("; ");

  const fill = (tip, chart, t) => {
    tip.replaceChildren();
    const add = (tag, text, kind) => {
      const element = document.createElement(tag);
      if (kind) element.className = kind;
      element.append(text);
      tip.append(element);
      return element;
    };
    add("b", `${data.periods[t]}, ${chart.unit}`);
    const shown = chart.lines.filter((line) => !off.has(line.s) && !(chart.least && (line.parts[0][1][t] ?? 0) < chart.least));
    if (chart.least) shown.sort((a, b) => b.parts[0][1][t] - a.parts[0][1][t]);
    for (const line of shown) {
      const row = add("div", `${line.name ?? data.scenarios[line.s].title}: ${tell(chart, line, t)}`);
      if (!line.name) {
        const swatch = document.createElement("i");
        swatch.style.background = data.scenarios[line.s].color;
        row.prepend(swatch);
      }
    }
    for (const rule of data.rules) {
      if (rule.t === t && rule.s.some((s) => !off.has(s))) add("div", `From now on: ${rule.label}`, "rule");
    }
  };

  for (const plot of document.querySelectorAll(".plot[data-chart]")) {
    const chart = data.charts[plot.dataset.chart];
    if (!chart) continue;
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    tip.setAttribute("role", "status");
    plot.append(tip);
    let at = -1;
    const drawn = () => [...plot.querySelectorAll("svg")].find((svg) => svg.getBoundingClientRect().width > 0);
    const frame = (svg) => {
      const box = svg.getBoundingClientRect();
      const scale = box.width / svg.viewBox.baseVal.width;
      const [left, right] = [Number(svg.dataset.left), Number(svg.dataset.right)];
      return { box, scale, left, span: right - left };
    };
    const hide = () => {
      at = -1;
      tip.hidden = true;
      for (const cross of plot.querySelectorAll(".cross")) cross.style.visibility = "hidden";
    };
    const show = (t) => {
      const svg = drawn();
      if (!svg) return;
      at = Math.max(0, Math.min(chart.x.length - 1, t));
      const { scale, left, span } = frame(svg);
      const x = left + chart.x[at] * span;
      const cross = svg.querySelector(".cross");
      cross.setAttribute("x1", x);
      cross.setAttribute("x2", x);
      cross.style.visibility = "visible";
      fill(tip, chart, at);
      tip.hidden = false;
      const place = x * scale;
      const beside = place + 14 + tip.offsetWidth <= plot.clientWidth ? place + 14 : place - 14 - tip.offsetWidth;
      tip.style.left = `${Math.max(0, Math.min(beside, plot.clientWidth - tip.offsetWidth))}px`;
      tip.style.top = "6px";
    };
    const nearest = (clientX) => {
      const { box, scale, left, span } = frame(drawn());
      const share = ((clientX - box.left) / scale - left) / span;
      let best = 0;
      chart.x.forEach((x, t) => { if (Math.abs(x - share) < Math.abs(chart.x[best] - share)) best = t; });
      return best;
    };
    plot.addEventListener("pointermove", (event) => show(nearest(event.clientX)));
    plot.addEventListener("pointerdown", (event) => show(nearest(event.clientX)));
    plot.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hide(); });
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      const last = chart.x.length - 1;
      const to = { ArrowRight: at + 1, ArrowLeft: at < 0 ? last : at - 1, Home: 0, End: last, PageDown: at + 12, PageUp: at - 12 }[event.key];
      if (event.key === "Escape") hide();
      else if (to !== undefined) { event.preventDefault(); show(to); }
    });
  }

  const filter = document.getElementById("filter");
  if (filter) {
    const rows = [...document.querySelectorAll("#parameters tbody tr")];
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      document.getElementById("filtered").textContent = words.length ? `${shown} of ${rows.length}` : "";
    });
  }
})();
