// A view works without this: links and a form lead from page to page. With it a changed filter shows at once, what can be
// done with the focused function is offered, numbers explain themselves on focus, and the address has the zoomed frame.
(() => {
  'use strict'
  const form = document.getElementById('filters')
  if (!form) return
  const at = (id) => document.getElementById(id)
  const main = () => at('view')
  const address = (path, query) => (query.toString() ? `${path}?${query}` : path)
  const quoted = (name) => `^${name.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}$`

  // What the form says; what is empty is not said.
  const entered = () => {
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value)
    return query
  }

  let asked = 0
  let waiting
  const show = async (url) => {
    const mine = ++asked
    // What was entered before is not waited for any more, here or by the server.
    if (waiting) waiting.abort()
    waiting = new AbortController()
    document.body.classList.add('busy')
    try {
      const answer = await fetch(url, { headers: { Accept: 'text/html' }, signal: waiting.signal })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      if (mine !== asked) return
      const problem = page.querySelector('.problem')
      for (const old of main().querySelectorAll(':scope > .problem')) old.remove()
      if (!answer.ok && problem) return main().prepend(problem)
      const opened = [...main().querySelectorAll('details[id]')].map((part) => [part.id, part.open])
      for (const id of ['views', 'downloads', 'view']) at(id).replaceWith(page.getElementById(id))
      for (const [id, open] of opened) if (at(id)) at(id).open = open
      document.title = page.title
      history.replaceState(null, '', url)
      main().dispatchEvent(new CustomEvent('figures', { bubbles: true }))
    } catch (error) {
      if (mine !== asked) return
      const problem = Object.assign(document.createElement('p'), { className: 'problem' })
      problem.textContent = `The server does not answer: ${error.message}`
      problem.setAttribute('role', 'alert')
      main().prepend(problem)
    } finally {
      if (mine === asked) document.body.classList.remove('busy')
    }
  }

  let timer
  const later = (delay) => {
    clearTimeout(timer)
    timer = setTimeout(() => show(address(form.getAttribute('action'), entered())), delay)
  }
  form.addEventListener('input', (event) => later(event.target.tagName === 'SELECT' ? 0 : 180))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    later(0)
  })
  window.addEventListener('popstate', () => location.reload())

  // The address leads to the zoomed frame, and so does what is taken along.
  document.addEventListener('zoomed', (event) => {
    if (main().querySelectorAll('.flame').length > 1) return
    const change = (url) => {
      if (event.detail) url.searchParams.set('zoom', event.detail)
      else url.searchParams.delete('zoom')
      return url
    }
    const url = change(new URL(location.href))
    if (url.href !== location.href) history.pushState(null, '', url)
    for (const link of at('downloads').querySelectorAll('a[href*="save"]')) link.href = change(new URL(link.href))
  })

  const offer = (target) => {
    const actions = at('actions')
    const place = target.closest && target.closest('.flame .rows i, .graph .n')
    if (!actions || !place || place.matches('.m, .z, .tag')) return
    const title = place.title || place.querySelector('title')?.textContent || ''
    const name = title.split('\n')[0]
    if (!actions.querySelector('b')) actions.prepend(document.createElement('b'))
    actions.querySelector('b').textContent = name
    for (const link of actions.querySelectorAll('a')) {
      const query = entered()
      const parameter = link.dataset.parameter
      const old = 'ih'.includes(parameter) && query.get(parameter)
      query.set(parameter, old ? `${old}|${quoted(name)}` : quoted(name))
      link.href = address(link.dataset.path, query)
    }
    actions.hidden = false
  }
  document.addEventListener('focusin', (event) => offer(event.target))

  // One tab stop a table; arrow keys move among its numbers, and the line below says what each means.
  const explain = (table) => {
    const cells = [...table.querySelectorAll('td[title]')]
    if (!cells.length) return
    const told = Object.assign(document.createElement('output'), { className: 'told' })
    table.parentElement.after(told)
    cells[0].tabIndex = 0
    const tell = (cell) => { if (cell) told.textContent = cell.title }
    const inColumn = (cell, by) => {
      for (let row = cell.parentElement; (row = by < 0 ? row.previousElementSibling : row.nextElementSibling);) {
        const next = row.cells[cell.cellIndex]
        if (next && next.title) return next
      }
    }
    table.addEventListener('keydown', (event) => {
      const cell = event.target
      const place = cells.indexOf(cell)
      if (place < 0) return
      const next = {
        ArrowLeft: () => cells[place - 1], ArrowRight: () => cells[place + 1],
        ArrowUp: () => inColumn(cell, -1), ArrowDown: () => inColumn(cell, 1),
        Home: () => cells[0], End: () => cells[cells.length - 1],
      }[event.key]
      if (!next) return
      event.preventDefault()
      const to = next()
      if (!to) return
      cell.tabIndex = -1
      to.tabIndex = 0
      to.focus()
    })
    table.addEventListener('focusin', (event) => tell(event.target.closest('td[title]')))
    table.addEventListener('mouseover', (event) => tell(event.target.closest('td[title]')))
  }
  const start = () => main().querySelectorAll('.meter, .source table').forEach(explain)
  document.addEventListener('figures', start)
  start()
})()
