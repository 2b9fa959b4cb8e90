// A view works without this: links and a form lead from page to page. With it a changed filter shows at once, what can be
// done with the focused function is offered, numbers explain themselves on focus, columns sort, names are searched for,
// and the address has the zoomed frame.
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
  const show = async (url, isElsewhere) => {
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
      const wasInFrames = document.activeElement.closest('.flame .rows')
      const wasInTime = document.activeElement.closest('.timeline')
      const opened = [...main().querySelectorAll('details[id]')].map((part) => [part.id, part.open])
      for (const id of ['views', 'downloads', 'view']) at(id).replaceWith(page.getElementById(id))
      for (const [id, open] of opened) if (at(id)) at(id).open = open
      if (isElsewhere) fill(page.getElementById('filters'))
      document.title = page.title
      history.replaceState(null, '', url)
      main().dispatchEvent(new CustomEvent('figures', { bubbles: true }))
      if (wasInTime) main().querySelector('.timeline')?.focus({ preventScroll: true })
      if (wasInFrames) main().querySelector('.flame .rows [tabindex="0"]')?.focus({ preventScroll: true })
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

  // Where a figure leads, the form says so.
  const fill = (other) => {
    for (const old of form.querySelectorAll('[type=hidden]')) old.remove()
    form.append(...other.querySelectorAll('[type=hidden]'))
    for (const field of other.elements) {
      const own = field.name && form.elements.namedItem(field.name)
      if (own && own !== document.activeElement) own.value = field.value
    }
  }
  document.addEventListener('go', (event) => show(event.detail, true))

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
    for (const link of at('downloads').querySelectorAll('a[href*="save"]')) link.href = change(new URL(link.href))
    if (url.href === location.href) return
    history.pushState(null, '', url)
    // There is room now for what was too narrow.
    if (event.target.querySelector('.rows[data-pruned]')) show(url.href)
  })

  // What was searched for becomes the pivot of a flame graph, the focus of all else; as in pprof's own view.
  const consider = (words) => {
    const field = form.elements[main().querySelector('.flame') ? 'p' : 'f']
    field.value = words
    later(0)
  }
  document.addEventListener('sought', (event) => consider(event.detail))

  // The boxes and rows that a search finds stand out.
  const searching = (figure) => {
    const entries = [...figure.querySelectorAll('.n, tbody tr')]
    if (!entries.length) return
    const name = (entry) => (entry.querySelector('title') || entry.cells?.[0] || entry).textContent.split('\n')[0]
    const search = Object.assign(document.createElement('input'), { type: 'search', placeholder: 'Search (/)', size: 14 })
    search.setAttribute('aria-label', 'Search functions')
    const count = Object.assign(document.createElement('output'), { className: 'found' })
    const tools = Object.assign(document.createElement('p'), { className: 'tools' })
    tools.append(count, search)
    figure.before(tools)
    const find = () => {
      const words = search.value.trim()
      let pattern
      try { pattern = new RegExp(words, 'i') } catch { /* It is not one, or not yet. */ }
      const hits = entries.filter((entry) => {
        const hit = words && (pattern?.test(name(entry)) || name(entry).toLowerCase().includes(words.toLowerCase()))
        entry.classList.toggle('hit', hit)
        return hit
      })
      figure.classList.toggle('searched', words !== '')
      count.textContent = words ? `${hits.length} of ${entries.length}` : ''
      if (hits.length) hits[0].scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    search.addEventListener('input', find)
    search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') consider(search.value.trim())
      if (event.key !== 'Escape') return
      search.value = ''
      find()
    })
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.matches('input, select')) return
    const search = main().querySelector('.tools input')
    if (!search) return
    event.preventDefault()
    search.focus()
  })

  // The columns that rows can be sorted by.
  const sorting = (table) => {
    const choice = form.elements.sort
    for (const head of choice ? table.tHead.rows[0].cells : []) {
      const by = head.textContent.toLowerCase()
      if (![...choice.options].some(({ value }) => value === by)) continue
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: head.textContent })
      head.replaceChildren(button)
      if (choice.value === by) head.setAttribute('aria-sort', 'descending')
      button.addEventListener('click', () => {
        choice.value = by
        later(0)
      })
    }
  }

  const offer = (target) => {
    const actions = at('actions')
    const place = target.closest && target.closest('.flame .rows i, .graph .n, .top tbody tr')
    if (!actions || !place || place.matches('.m, .z, .tag, .part')) return
    const title = place.title || place.querySelector('title, th code')?.textContent || ''
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
  document.addEventListener('click', (event) => offer(event.target))

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
  const start = () => {
    main().querySelectorAll('.meter, .source table').forEach(explain)
    main().querySelectorAll('.graph, .top').forEach(searching)
    main().querySelectorAll('.top .meter').forEach(sorting)
  }
  document.addEventListener('figures', start)
  start()
})()
