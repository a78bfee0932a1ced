// Telegram says after the # of the address who opened this page, and signs it. It is sent on, and left in no history.

const form = document.getElementById("inside");
const [said, ...more] = new URLSearchParams(location.hash.slice(1)).getAll("tgWebAppData");
history.replaceState(null, "", location.pathname);

// By a link, somebody could have others write on a page of theirs: only what Telegram itself opens goes on.
const app = window.TelegramWebviewProxy ?? (window.external && "notify" in window.external);
const opened = app || parent !== window; // only Telegram's site may frame it

window.TelegramWebviewProxy?.postEvent("web_app_expand", "{}"); // as high as the phone
if (said && !more.length && opened) {
  document.querySelector("main p").hidden = true;
  form.elements.said.value = said;
  form.submit();
}
