// Runs before the first paint: sets the theme, so that nothing flashes, and the nonce that overlays' style tags need.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('opmas.theme');
  } catch {
    // storage is blocked: the system's theme it is
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
  var nonce = document.querySelector('meta[name="csp-nonce"]');
  if (nonce) window.__webpack_nonce__ = nonce.content;
})();
