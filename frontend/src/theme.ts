// Runs before the page is drawn: a chosen theme is there from the first moment. Without a choice the system decides.
const chosen = localStorage.getItem("linli-theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset["bsTheme"] = chosen;
