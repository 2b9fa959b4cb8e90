// Figures read well without this. It adds: arrow keys move among frames and boxes, the line under a figure says what
// is focused, a click zooms into a flame graph, "/" searches it, and a box of a call graph shows its neighbours.
(() => {
  'use strict'
  const each = (root, query, run) => root.querySelectorAll(query).forEach(run)
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties)

  // Moves the one tab stop of a figure.
  const focusOn = (from, to) => {
    if (!to) return
    from.tabIndex = -1
    to.tabIndex = 0
    to.focus({ preventScroll: true })
    to.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  const flame = (figure) => {
    const rows = figure.querySelector('.rows')
    const lines = [...rows.children].map((line) => [...line.children].map((frame) => ({
      frame, x: +frame.style.getPropertyValue('--x'), w: +frame.style.getPropertyValue('--w'),
    })))
    const all = lines.flat()
    const home = lines[0][0]
    if (!home) return
    const place = new Map(all.map((item) => [item.frame, item]))
    const status = make('output', { className: 'told' })
    const search = make('input', { type: 'search', placeholder: 'Search (/)', size: 14 })
    search.setAttribute('aria-label', 'Search frames')
    const whole = make('button', { type: 'button', textContent: 'Whole graph' })
    whole.style.visibility = 'hidden'
    const tools = make('span', { className: 'tools' })
    tools.append(whole, search)
    figure.querySelector('.key').append(tools)
    figure.append(status)
    const name = (frame) => frame.title.split('\n')[0]
    const tell = (frame) => { status.textContent = frame ? frame.title.replace('\n', ' · ') : '' }

    const parent = (item) => lines[lines.findIndex((line) => line.includes(item)) - 1]
      ?.find(({ x, w }) => x <= item.x && x + w >= item.x + item.w)

    // Names a frame for addresses as FlameFrameKey does: its function, and a hash (FNV-1a) of the way there.
    const key = (item) => {
      const way = []
      for (let at = item; at && at !== home; at = parent(at)) way.unshift(`${name(at.frame)}\0`)
      let hash = 0x811c9dc5
      for (const byte of new TextEncoder().encode(way.join(''))) hash = Math.imul(hash ^ byte, 0x01000193)
      return `${name(item.frame)}~${(hash >>> 0).toString(16).padStart(8, '0')}`
    }

    const zoom = (item, isNew = true) => {
      // What is gathered is seen where its caller has more room.
      if (item.frame.matches('.m')) item = parent(item) || home
      rows.style.setProperty('--o', item.x)
      rows.style.setProperty('--t', item.w || 1)
      for (const { frame, x, w } of all) {
        frame.hidden = x + w <= item.x || x >= item.x + item.w
        frame.classList.toggle('up', !frame.hidden && w > item.w)
        if (!frame.hidden && !frame.textContent && w / item.w > 0.012) frame.textContent = name(frame)
      }
      whole.style.visibility = item === home ? 'hidden' : ''
      // What is said of a frame goes with it.
      const called = rows.querySelector('.c')
      if (called) figure.querySelector('.callout').hidden = called.hidden
      if (isNew) figure.dispatchEvent(new CustomEvent('zoomed', { bubbles: true, detail: item === home ? '' : key(item) }))
    }

    // Names match a regular expression, or have the words in them: those of Swift have parentheses.
    const matcher = (words) => {
      let pattern
      try { pattern = new RegExp(words, 'i') } catch { /* It is not one, or not yet. */ }
      return (name) => pattern?.test(name) || name.toLowerCase().includes(words.toLowerCase())
    }

    const find = () => {
      const words = search.value.trim()
      const matches = matcher(words)
      rows.classList.toggle('searched', words !== '')
      let found = 0
      let end = -1
      const hits = all.filter((item) => {
        const hit = words !== '' && matches(name(item.frame))
        item.frame.classList.toggle('hit', hit)
        return hit
      })
      // A frame below another hit is counted with it.
      for (const { x, w } of hits.sort((a, b) => a.x - b.x || b.w - a.w)) {
        if (x < end) continue
        found += w
        end = x + w
      }
      if (words) status.textContent = `${hits.length} frames, ${(100 * found / home.w).toFixed(2)}% of the graph`
      else tell()
    }

    const near = (line, item) => (lines[line] || []).filter(({ frame, x, w }) =>
      !frame.hidden && x < item.x + item.w && x + w > item.x)[0]
    const step = (line, item, by) => {
      const seen = lines[line].filter(({ frame }) => !frame.hidden)
      return seen[seen.indexOf(item) + by]
    }
    rows.addEventListener('keydown', (event) => {
      const item = place.get(event.target)
      if (!item || event.ctrlKey || event.metaKey || event.altKey) return
      const line = lines.findIndex((line) => line.includes(item))
      const way = {
        ArrowUp: () => near(line - 1, item), ArrowDown: () => near(line + 1, item), Home: () => home,
        ArrowLeft: () => step(line, item, -1), ArrowRight: () => step(line, item, 1),
      }[event.key]
      if (way) focusOn(item.frame, way()?.frame)
      else if (event.key === 'Enter' || event.key === ' ') zoom(item)
      else if (event.key === 'Escape') zoom(home)
      else return
      event.preventDefault()
    })
    rows.addEventListener('click', (event) => {
      const item = place.get(event.target)
      if (!item) return
      focusOn(rows.querySelector('[tabindex="0"]') || home.frame, item.frame)
      zoom(item)
    })
    rows.addEventListener('focusin', (event) => tell(event.target))
    rows.addEventListener('mouseover', (event) => { if (place.has(event.target)) tell(event.target) })
    rows.addEventListener('mouseleave', () => (search.value ? find() : tell()))
    whole.addEventListener('click', () => { zoom(home); home.frame.focus() })
    search.addEventListener('input', find)
    search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') figure.dispatchEvent(new CustomEvent('sought', { bubbles: true, detail: search.value.trim() }))
      if (event.key !== 'Escape') return
      search.value = ''
      find()
      home.frame.focus()
    })
    figure.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.target === search) return
      event.preventDefault()
      event.stopPropagation()
      search.focus()
    })
    // A page may have come with a frame that fills the width.
    if ('zoomed' in rows.dataset) zoom(place.get(rows.querySelector('[tabindex="0"]')) || home, false)
  }

  const graph = (figure) => {
    const pan = figure.querySelector('.pan')
    const boxes = [...figure.querySelectorAll('.n')]
    if (!boxes.length) return
    const status = make('output', { className: 'told' })
    pan.after(status)
    const title = (box) => box.querySelector('title').textContent.replace('\n', ' · ')
    const links = [...figure.querySelectorAll('.e[data-e]')].map((edge) => [edge, ...edge.dataset.e.split(' ')])
    const show = (box) => {
      const index = String(boxes.indexOf(box))
      const near = new Set([index])
      for (const [edge, from, to] of links) {
        const on = from === index || to === index
        edge.classList.toggle('on', on)
        if (on) near.add(from).add(to)
      }
      boxes.forEach((other, position) => other.classList.toggle('on', near.has(String(position))))
      figure.classList.toggle('shown', !!box)
      status.textContent = box ? title(box) : ''
    }
    const middle = (box) => {
      const place = box.getBoundingClientRect()
      return [place.x + place.width / 2, place.y + place.height / 2]
    }
    const towards = (from, dx, dy) => {
      const [x, y] = middle(from)
      let best, least = Infinity
      for (const box of boxes) {
        const [u, v] = middle(box)
        const along = (u - x) * dx + (v - y) * dy
        const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx)
        if (along > 1 && along + 2 * aside < least) [best, least] = [box, along + 2 * aside]
      }
      return best
    }
    const hot = boxes.filter((box) => box.matches('.hot')).sort((a, b) => middle(a)[1] - middle(b)[1])
    const first = figure.querySelector('.n.c') || hot[0] || boxes[0]
    pan.removeAttribute('tabindex')
    first.setAttribute('tabindex', 0)
    pan.addEventListener('keydown', (event) => {
      const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
      const box = event.target.closest('.n')
      if (way && box) focusOn(box, towards(box, ...way))
      else if (event.key === 'Escape' && box) show()
      else return
      event.preventDefault()
    })
    pan.addEventListener('focusin', (event) => show(event.target.closest('.n')))
    pan.addEventListener('focusout', () => show())
    pan.addEventListener('mouseover', (event) => {
      const box = event.target.closest('.n')
      if (box) show(box)
    })
    pan.addEventListener('mouseleave', () => show(pan.contains(document.activeElement) ? document.activeElement.closest('.n') : null))
    // Where the drawing is wider than the page it begins at its root: of the topmost boxes the hottest.
    const top = Math.min(...boxes.map((box) => middle(box)[1]))
    const roots = boxes.filter((box) => middle(box)[1] - top < 4)
    const place = (roots.find((box) => box.matches('.hot')) || roots[0]).getBoundingClientRect()
    const frame = pan.getBoundingClientRect()
    pan.scrollLeft += place.x + place.width / 2 - frame.x - frame.width / 2
  }

  const draw = (root) => {
    each(root, '.flame', flame)
    each(root, '.graph', graph)
  }
  draw(document)
  // Whoever puts figures into the page later says so.
  document.addEventListener('figures', (event) => draw(event.target))
})()
