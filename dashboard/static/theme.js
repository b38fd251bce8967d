// Sets the theme before the first paint: the stored choice, else that of the system. It runs in the head, blocking.
;(() => {
  let choice = null
  try {
    choice = localStorage.getItem('detour.theme')
  } catch {
    // Storage can be forbidden; then the system decides.
  }
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.dataset.theme =
    choice === 'light' || choice === 'dark' ? choice : isDark ? 'dark' : 'light'
})()
