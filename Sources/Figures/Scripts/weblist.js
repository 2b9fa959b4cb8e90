// Opens and closes the machine code of the line that was clicked.
function pprof_toggle_asm(event) {
  const code = event.target.nextSibling
  if (!code || code.className !== 'asm') return
  code.style.display = code.style.display === 'block' ? '' : 'block'
  event.preventDefault()
}
