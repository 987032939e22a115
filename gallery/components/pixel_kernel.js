// A kernel to type into: a grid of numbers, coloured by sign and size.

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector("#grid");
  const { kernel, words, palette } = data;
  const columns = kernel[0].length;
  const colours = signedColours(palette, Math.max(...kernel.flat().map(Math.abs)));
  parentElement.querySelector("#title").textContent = words.title;
  grid.setAttribute("aria-label", words.title);
  grid.style.setProperty("--columns", columns);
  const stamp = JSON.stringify(kernel);
  if (grid.stamp === stamp && grid.children.length) return;
  grid.stamp = stamp;
  const shade = (cell, value) => {
    const [red, green, blue] = Number.isFinite(value) ? colours(value) : [200, 200, 200];
    cell.style.background = `rgb(${red} ${green} ${blue})`;
    cell.style.color = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111" : "#fff";
  };
  const parse = (text) => (text.trim() === "" ? NaN : Number(text.replace(",", ".").replace("−", "-")));
  const send = () => {
    const values = [...grid.children].map((cell) => parse(cell.value));
    const rows = kernel.map((_, i) => values.slice(i * columns, (i + 1) * columns));
    if (values.every(Number.isFinite) && JSON.stringify(rows) !== grid.stamp) setTriggerValue("weights", rows);
  };
  grid.replaceChildren(...kernel.flat().map((value, i) => {
    const cell = document.createElement("input");
    cell.inputMode = "decimal";
    cell.value = written(value, 4);
    cell.setAttribute("aria-label", words.cell
      .replace("{row}", Math.floor(i / columns) + 1).replace("{column}", (i % columns) + 1));
    cell.oninput = () => {
      const typed = parse(cell.value);
      cell.setAttribute("aria-invalid", String(!Number.isFinite(typed)));
      shade(cell, typed);
    };
    cell.onchange = send;
    cell.onfocus = () => cell.select();
    cell.onkeydown = (event) => {
      if (event.key === "Enter") send();
      const step = { ArrowUp: -columns, ArrowDown: columns }[event.key];
      if (step) { grid.children[i + step]?.focus(); event.preventDefault(); }
    };
    shade(cell, value);
    return cell;
  }));
}
