export default function ({ parentElement, data, setTriggerValue }) {
  const place = parentElement.querySelector("#place");
  const say = (text) => { place.textContent = text; };
  say(data.hint);
  place.setAttribute("aria-label", data.hint);
  place.oninput = () => say(data.hint);
  place.onpaste = (event) => {
    event.preventDefault();
    const items = [...(event.clipboardData?.items ?? [])];
    const file = items.find((item) => item.type.startsWith("image/"))?.getAsFile();
    if (!file) { say(data.none); return; }
    const reader = new FileReader();
    reader.onload = () => setTriggerValue("picture", reader.result);
    reader.readAsDataURL(file);
  };
}
