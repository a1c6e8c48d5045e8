// Runs before the first paint, so that a chosen theme never flashes. A file of its own because the
// Content-Security-Policy allows no inline script. Without a choice the system's scheme applies by CSS alone.
(() => {
  try {
    const theme = localStorage.getItem("spanwise.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be blocked; the system's scheme is then used.
  }
})();
