// A window inside a chat app has no tabs, and a browser beside it no session: a picture opens within the page.

const dialog = document.createElement("dialog");
dialog.className = "opened";
dialog.addEventListener("click", () => dialog.close());
document.body.append(dialog);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[target=_blank]:has(img)");
  if (!link) return;
  event.preventDefault();
  const picture = Object.assign(new Image(), { src: link.href, alt: link.querySelector("img").alt });
  dialog.replaceChildren(picture);
  dialog.showModal();
});
