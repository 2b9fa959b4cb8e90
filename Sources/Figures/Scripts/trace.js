// A timeline that one walks through: links and a form lead from window to window without this. With it keys, the wheel and
// fingers zoom and pan. What is drawn is stretched and shifted at once, and drawn anew by the server a moment later; a
// saved file has all that it can show.
(() => {
  'use strict'
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties)
  const shortest = 100
  const steps = (length) => {
    let tens = 1
    const all = []
    for (; tens <= length * 10; tens *= 10) all.push(tens, 2 * tens, 5 * tens)
    return all
  }
  const below = (length) => steps(length).filter((step) => step < length).pop() || 1
  const above = (length) => steps(length * 10).find((step) => step > length)
  const text = (time, length) => {
    const [unit, name] = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']].find(([size]) => time >= size) || [1, 'ns']
    const decimals = Math.max(0, Math.ceil(Math.log10(unit / Math.max(length / 1000, 1))))
    return `${String(+(time / unit).toFixed(decimals))}\u00a0${name}`
  }

  // What was asked for last, and what of that the server knows: who goes on meanwhile is not thrown back.
  let wanted, sent, asking

  const begin = (figure) => {
    const drawn = { start: +figure.dataset.start, length: +figure.dataset.length }
    const whole = +figure.dataset.whole
    const isSaved = !document.getElementById('filters')
    // A saved file knows no more than its window.
    const least = isSaved ? drawn.start : 0
    const most = isSaved ? drawn.start + drawn.length : whole
    let shown = wanted && wanted !== sent ? wanted : { ...drawn }
    const lane = () => figure.querySelector('.timeline-track > div').getBoundingClientRect()
    const at = (x) => shown.start + (x - lane().x) / lane().width * shown.length
    const moves = figure.parentElement.querySelector('.moves')
    const told = moves?.querySelector('output')
    figure.tabIndex = 0

    const stretch = () => {
      const zoom = drawn.length / shown.length
      figure.style.setProperty('--zoom', zoom)
      figure.style.setProperty('--shift', (drawn.start - shown.start) / shown.length * 100)
      figure.classList.toggle('moved', zoom !== 1 || drawn.start !== shown.start)
      if (isSaved && told) {
        told.textContent = `${text(shown.length, shown.length)} from ${text(shown.start, shown.length)}${share()}`
      }
      if (isSaved) axis()
      const place = figure.querySelector('.timeline-where i')
      place?.style.setProperty('--a', `${100 * shown.start / whole}%`)
      place?.style.setProperty('--b', `${100 * shown.length / whole}%`)
      mark()
    }

    // How much of the processors' time tasks run in what is shown, which a saved file knows by columns.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const sums = [0]
    for (const letter of figure.dataset.shares || '') sums.push(sums[sums.length - 1] + letters.indexOf(letter) / 63)
    const share = () => {
      if (sums.length < 2) return ''
      const upTo = (time) => {
        const place = Math.min(Math.max((time - drawn.start) / drawn.length, 0), 1) * (sums.length - 1)
        const column = Math.min(Math.floor(place), sums.length - 2)
        return sums[column] + (place - column) * (sums[column + 1] - sums[column])
      }
      const part = (upTo(shown.start + shown.length) - upTo(shown.start)) / (shown.length / drawn.length * (sums.length - 1))
      const percent = +(100 * part).toPrecision(2)
      const { processors } = figure.dataset
      return `: ${percent}\u00a0% of the time of ${processors} processor${processors === '1' ? '' : 's'} tasks run`
    }

    // The scale of a saved file is drawn here: four to eight steps of one, two or five tens.
    const axis = () => {
      const scale = figure.querySelector('.timeline-axis')
      const room = Math.min(Math.max(scale.clientWidth / 90, 2), 6)
      const step = steps(shown.length).find((size) => shown.length / size <= room)
      const ticks = []
      for (let time = Math.ceil(shown.start / step) * step; time <= shown.start + shown.length; time += step) {
        const tick = make('span', { textContent: text(time, step * 100) })
        const place = 100 * (time - shown.start) / shown.length
        tick.style.left = `${place}%`
        if (place > 90) tick.style.cssText = `left:auto;right:${100 - place}%;padding:2px 3px 0 0;border:0;border-right:1px solid`
        ticks.push(tick)
      }
      scale.replaceChildren(...ticks)
    }

    const link = (path, window) => {
      const url = new URL(location.href)
      if (path !== undefined) url.pathname = `/${path}`
      url.searchParams.set('start', `${window.start}ns`)
      url.searchParams.set('length', `${window.length}ns`)
      return url
    }
    const go = (start, length) => {
      length = Math.round(Math.min(Math.max(length, shortest), most - least))
      start = Math.round(Math.min(Math.max(start, least), most - length))
      if (start === shown.start && length === shown.length) return
      shown = { start, length }
      stretch()
      if (isSaved) return
      wanted = shown
      clearTimeout(asking)
      asking = setTimeout(() => {
        sent = wanted
        document.dispatchEvent(new CustomEvent('go', { detail: link(undefined, sent).href }))
      }, 120)
    }
    // Windows begin at tenths of their lengths, as those that the links lead to.
    const zoom = (length, middle, share) => {
      const grid = Math.max(Math.floor(length / 10), 1)
      go(Math.round((middle - length * share) / grid) * grid, length)
    }
    const middle = () => shown.start + shown.length / 2
    const closer = (around = middle(), share = 0.5) => zoom(Math.max(below(shown.length), shortest), around, share)
    const wider = (around = middle(), share = 0.5) => zoom(above(shown.length), around, share)
    const pan = (share) => go(shown.start + Math.round(shown.length / 10) * share, shown.length)

    // An interval that was chosen, and what can be done with it.
    let chosen
    const offers = make('p', { className: 'chosen', hidden: true })
    figure.after(offers)
    const bands = []
    const band = (kind, window) => {
      const box = lane()
      const whole = figure.getBoundingClientRect()
      const part = make('i', { className: `band ${kind}` })
      const [from, to] = [window.start, window.start + window.length].map((time) =>
        Math.min(Math.max((time - shown.start) / shown.length, 0), 1))
      const tracks = [...figure.querySelectorAll('.timeline-track')]
      const top = tracks[0].getBoundingClientRect().y
      const bottom = tracks[tracks.length - 1].getBoundingClientRect().bottom
      part.style.cssText = `left:${box.x - whole.x + from * box.width}px;width:${Math.max((to - from) * box.width, 2)}px;`
        + `top:${top - whole.y}px;height:${bottom - top}px`
      if (to > 0 && from < 1) { figure.append(part); bands.push(part) }
    }
    const mark = () => {
      for (const part of bands.splice(0)) part.remove()
      const query = new URLSearchParams(location.search)
      const base = ['base_start', 'base_length'].map((name) => parse(query.get(name)))
      if (!isSaved && base[1]) band('base', { start: base[0] || 0, length: base[1] })
      if (chosen) band('own', chosen)
    }
    const parse = (time) => {
      const found = /^([0-9.]+)\s*(ns|us|µs|ms|s)$/.exec(time || '')
      return found ? Math.round(found[1] * { ns: 1, us: 1e3, 'µs': 1e3, ms: 1e6, s: 1e9 }[found[2]]) : 0
    }
    const choose = (from, to) => {
      const [start, end] = [from, to].sort((a, b) => a - b).map((time) => Math.round(Math.min(Math.max(time, least), most)))
      chosen = end - start >= shortest ? { start, length: end - start } : undefined
      mark()
      offers.hidden = !chosen
      if (!chosen) return
      offers.replaceChildren(`${text(chosen.length, chosen.length)} from ${text(start, chosen.length)}: `)
      const offer = (name, run) => {
        const button = make('button', { type: 'button', textContent: name })
        button.addEventListener('click', run)
        offers.append(button, ' ')
      }
      const { length } = chosen
      offer('Zoom', () => { choose(0, 0); go(start, length) })
      if (isSaved) return
      const follow = (path) => () => { location.href = link(path, { start, length }).href }
      offer('Flame graph', follow('flame'))
      offer('Tasks', follow('tasks'))
      offer('Compare others with it', () => {
        const url = new URL(location.href)
        url.searchParams.set('base_start', `${start}ns`)
        url.searchParams.set('base_length', `${length}ns`)
        document.dispatchEvent(new CustomEvent('go', { detail: url.href }))
      })
    }

    figure.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== figure) return
      const cursor = event.shiftKey
      const run = {
        '+': () => closer(), '=': () => closer(), w: () => closer(), ArrowUp: () => closer(),
        '-': () => wider(), s: () => wider(), ArrowDown: () => wider(),
        ArrowLeft: () => pan(cursor ? -1 : -5), ArrowRight: () => pan(cursor ? 1 : 5),
        a: () => pan(-5), d: () => pan(5), A: () => pan(-1), D: () => pan(1),
        PageUp: () => pan(-10), PageDown: () => pan(10),
        Home: () => go(least, shown.length), End: () => go(most - shown.length, shown.length),
        0: () => go(least, most - least), Escape: () => choose(0, 0),
        ' ': () => choose(shown.start, shown.start + shown.length),
      }[event.key]
      if (!run) return
      event.preventDefault()
      run()
    })
    figure.addEventListener('wheel', (event) => {
      const share = (event.clientX - lane().x) / lane().width
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        const factor = Math.exp(Math.min(Math.max(event.deltaY, -50), 50) / 100)
        const length = Math.min(Math.max(shown.length * factor, shortest), most - least)
        go(at(event.clientX) - length * share, length)
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault()
        go(shown.start + sideways / lane().width * shown.length, shown.length)
      }
    }, { passive: false })

    // One pointer chooses with a mouse and pans with a finger; two fingers zoom.
    const pointers = new Map()
    let began
    const spread = () => {
      const [one, other] = [...pointers.values()]
      return other ? { middle: (one + other) / 2, width: Math.max(Math.abs(one - other), 20) } : { middle: one, width: 0 }
    }
    figure.addEventListener('pointerdown', (event) => {
      if (event.button || !event.target.closest('.timeline-track > div, .band, .timeline-rows, .timeline-axis')) return
      pointers.set(event.pointerId, event.clientX)
      began = { ...spread(), shown: { ...shown }, from: at(event.clientX), isMouse: event.pointerType === 'mouse' }
      if (pointers.size === 1 && began.isMouse) figure.setPointerCapture(event.pointerId)
    })
    figure.addEventListener('pointermove', (event) => {
      if (!pointers.has(event.pointerId)) return
      pointers.set(event.pointerId, event.clientX)
      if (began.isMouse) return choose(began.from, at(event.clientX))
      const now = spread()
      const { width, x } = lane()
      const length = Math.min(began.width && now.width ? began.shown.length * began.width / now.width : began.shown.length, most - least)
      const held = began.shown.start + (began.middle - x) / width * began.shown.length
      go(held - (now.middle - x) / width * length, length)
    })
    for (const name of ['pointerup', 'pointercancel']) {
      figure.addEventListener(name, (event) => {
        if (!pointers.delete(event.pointerId)) return
        if (pointers.size) began = { ...spread(), shown: { ...shown }, isMouse: began.isMouse }
        else if (began.isMouse && Math.abs(event.clientX - began.middle) < 4) choose(0, 0)
      })
    }
    figure.addEventListener('dblclick', (event) => {
      if (event.target.closest('.timeline-track > div')) closer(at(event.clientX), (event.clientX - lane().x) / lane().width)
    })
    moves?.addEventListener('click', (event) => {
      const run = { in: () => closer(), out: () => wider(), earlier: () => pan(-5), later: () => pan(5), whole: () => go(least, most - least) }[event.target.dataset?.move]
      if (!run || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      run()
    })
    new ResizeObserver(mark).observe(figure)
    if (isSaved || shown === wanted) stretch()
    else mark()
  }
  const start = (root) => root.querySelectorAll('.timeline[data-whole]').forEach(begin)
  start(document)
  // What goes on is looked at again, unless one is choosing something, or looks elsewhere.
  setInterval(() => {
    if (!document.querySelector('main[data-live]') || document.hidden || document.querySelector('.band.own, .busy')) return
    if (document.activeElement?.matches('input, select')) return
    document.dispatchEvent(new CustomEvent('go', { detail: location.href }))
  }, 2000)
  document.addEventListener('figures', (event) => start(event.target))
})()
