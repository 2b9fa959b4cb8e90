(() => {
  'use strict'
  const root = document.documentElement
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }

  // Light or dark: the reader's choice is kept; choosing what the system says forgets it.
  const system = matchMedia('(prefers-color-scheme: dark)')
  document.querySelector('.theme-switch')?.addEventListener('click', () => {
    const now = root.dataset.theme || (system.matches ? 'dark' : 'light')
    const next = now === 'dark' ? 'light' : 'dark'
    const isSystem = next === (system.matches ? 'dark' : 'light')
    if (isSystem) delete root.dataset.theme
    else root.dataset.theme = next
    try {
      if (isSystem) localStorage.removeItem('theme')
      else localStorage.setItem('theme', next)
    } catch {}
  })

  // A page that goes with a figure is large: it is fetched when it is unfolded. It may run its script, and no more.
  for (const fold of document.querySelectorAll('.figure-walk')) {
    fold.addEventListener('toggle', () => {
      const link = fold.querySelector('a')
      if (!fold.open || fold.querySelector('iframe')) return
      link.parentElement.before(make('iframe', { sandbox: 'allow-scripts', title: link.textContent, src: link.href }))
    })
  }

  // Copy buttons: code as written; of a terminal's text the commands, of a difference the new code. Lines are blocks
  // that hold their newlines, so innerText would tell each of them twice.
  const codeOf = (block) => {
    const copy = block.querySelector('code').cloneNode(true)
    if (copy.querySelector('.p')) copy.querySelectorAll('.p, .o').forEach((part) => part.remove())
    if (block.dataset.language !== 'patch') copy.querySelectorAll('.del').forEach((line) => line.remove())
    let text = copy.textContent
    if (block.dataset.language === 'diff') {
      text = text.split('\n').filter((line) => !/^(---|\+\+\+|@@|diff |index |\\ )/.test(line))
        .map((line) => line.replace(/^[+ ]/, '')).join('\n')
    }
    return text.replace(/\n+$/, '')
  }
  const write = async (text) => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      const area = make('textarea', { value: text })
      document.body.append(area)
      area.select()
      document.execCommand('copy')
      area.remove()
    }
  }
  document.querySelectorAll('.code, .command').forEach((block) => {
    const button = make('button', { type: 'button', className: 'copy', textContent: 'Copy' })
    button.addEventListener('click', async () => {
      await write(codeOf(block))
      button.textContent = 'Copied'
      setTimeout(() => { button.textContent = 'Copy' }, 1500)
    })
    block.append(button)
  })

  // A figure wider than the screen begins in its middle, where the roots of graphs are, and can be moved by keys.
  document.querySelectorAll('.figure-body').forEach((body) => {
    if (body.scrollWidth <= body.clientWidth) return
    body.scrollLeft = (body.scrollWidth - body.clientWidth) / 2
    if (!body.querySelector('[tabindex="0"]')) body.tabIndex = 0
  })

  // A link to a tab shows it, one to a knob's stop turns it there.
  const showTab = () => {
    let id = location.hash.slice(1)
    try { id = decodeURIComponent(id) } catch {}
    const label = document.getElementById(id)
    if (label?.matches('.tabs > label, .stop')) label.click()
  }
  addEventListener('hashchange', showTab)
  showTab()

  // Before the reader of a question has chosen, its bars can be dragged to what they think; then both stand beside each other.
  document.querySelectorAll('.predict .option:has(.measured)').forEach((option) => {
    const bar = option.querySelector('.measured')
    const text = option.querySelector('.text')
    const guess = make('input', { type: 'range', className: 'guess', min: 0, max: 100, value: 0 })
    guess.setAttribute('aria-label', 'Your guess of the share: ' + text.textContent)
    const said = make('small', { className: 'guessed', hidden: true })
    bar.removeAttribute('aria-hidden')
    bar.querySelectorAll('i, s, b').forEach((part) => part.setAttribute('aria-hidden', 'true'))
    guess.addEventListener('input', () => {
      bar.classList.add('has-guess')
      guess.setAttribute('aria-valuetext', guess.value + ' percent')
      bar.dataset.guess = guess.value + '\u00a0%'
      bar.style.setProperty('--guess', guess.value)
      said.textContent = 'Your guess: ' + guess.value + '\u00a0%, measured: ' + bar.querySelector('b').textContent
      said.hidden = false
    })
    // It lies in the label of the radio button, and to drag is not to choose.
    guess.addEventListener('click', (event) => event.preventDefault())
    const form = option.closest('form')
    form.addEventListener('change', (event) => { if (event.target.type === 'radio') guess.disabled = true })
    form.addEventListener('reset', () => {
      guess.disabled = false
      said.hidden = true
      bar.classList.remove('has-guess')
    })
    bar.append(guess)
    text.append(said)
  })

  // The page's contents follow the reader.
  const entries = new Map()
  document.querySelectorAll('.contents a').forEach((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (heading) entries.set(heading, link)
  })
  if (entries.size) {
    let here
    const follow = () => {
      let current
      for (const [heading, link] of entries) {
        if (heading.getBoundingClientRect().top > 140) break
        current = link
      }
      if (current === here) return
      here?.classList.remove('here')
      current?.classList.add('here')
      here = current
    }
    let waiting = false
    addEventListener('scroll', () => {
      if (waiting) return
      waiting = true
      requestAnimationFrame(() => { waiting = false; follow() })
    }, { passive: true })
    follow()
  }

  // What was read to its end has a tick in the list of pages, in this browser alone; the first page says where to go on.
  const shown = (link) => link.pathname.replace(/\/index\.html$/, '/')
  const store = (change) => {
    try {
      const read = new Set(JSON.parse(localStorage.getItem('read') || '[]'))
      if (change) {
        change(read)
        localStorage.setItem('read', JSON.stringify([...read].slice(-500)))
      }
      return read
    } catch { return new Set() }
  }
  const tick = (read) => {
    document.querySelectorAll('.lessons nav a').forEach((link) => link.classList.toggle('read', read.has(shown(link))))
  }
  tick(store())
  const foot = document.querySelector('.page-footer')
  if (foot && window.IntersectionObserver) {
    let hasMoved = false
    addEventListener('scroll', () => { hasMoved = true }, { passive: true, once: true })
    new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting && hasMoved) tick(store((read) => read.add(shown(location))))
    }).observe(foot)
  }

  // Search: the index is fetched when the field is first entered, as a script, so that it works from a file too.
  const field = document.getElementById('Search')
  const list = document.getElementById('Search-results')
  if (!field || !list) return
  let sections
  let chosen = -1
  window.labSearch = (pages) => {
    sections = []
    for (const [url, title, parts] of pages) {
      for (const [id, heading, text] of parts) {
        sections.push({
          page: url, url: url + (id ? '#' + id : ''), title, heading, text,
          // A section's id is a name that its author gave it: what is called something else is found by it as well.
          words: (title + ' ' + heading + ' ' + id.replaceAll('-', ' ')).toLowerCase(), low: text.toLowerCase(),
        })
      }
    }
    search()
  }
  const load = () => {
    if (!sections && !document.querySelector('script[data-search]')) {
      const script = make('script', { src: field.dataset.index })
      script.dataset.search = ''
      document.head.append(script)
    }
  }
  const marked = (text, words) => {
    // A regular expression with the flag u refuses to escape what needs no escaping.
    const pattern = [...words].sort((a, b) => b.length - a.length)
      .map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
    return text.split(new RegExp('(' + pattern + ')', 'giu'))
      .map((part, at) => at % 2 ? make('mark', { textContent: part }) : part)
  }
  const score = (section, words) => {
    // The page's beginning comes before its sections.
    let sum = section.heading && section.heading !== section.title ? 0 : 4
    // A heading that has the words as they were typed, one after the other, is what was looked for.
    if (words.length > 1 && section.words.includes(words.join(' '))) sum += 16
    for (const word of words) {
      const inTitle = section.words.indexOf(word)
      const inText = section.low.indexOf(word)
      if (inTitle < 0 && inText < 0) return 0
      if (inTitle >= 0) sum += inTitle === 0 || section.words[inTitle - 1] === ' ' ? 12 : 6
      if (inText >= 0) sum += inText === 0 || !/[\p{L}\p{N}]/u.test(section.low[inText - 1]) ? 3 : 1
    }
    return sum
  }
  // A piece of the text around the first word found, cut between words where there is a gap near by.
  const excerpt = ({ text, low }, words) => {
    const places = words.map((word) => [low.indexOf(word), word.length]).filter(([at]) => at >= 0)
    const [at, length] = places.sort((a, b) => a[0] - b[0])[0] ?? [0, 0]
    const gap = text.indexOf(' ', at - 40) + 1
    const from = at < 50 ? 0 : gap > 0 && gap <= at ? gap : at - 40
    let end = Math.max(from + 130, at + length)
    const lastGap = text.lastIndexOf(' ', end)
    if (end < text.length && lastGap >= at + length) end = lastGap
    return (from ? '… ' : '') + text.slice(from, end) + (end < text.length ? ' …' : '')
  }
  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean)
    chosen = -1
    field.removeAttribute('aria-activedescendant')
    const isOpen = words.length > 0 && !!sections
    list.hidden = !isOpen
    field.setAttribute('aria-expanded', isOpen)
    if (!isOpen) return
    // Of one page three sections at most: a long lesson must not fill the list.
    const seen = new Map()
    const found = sections.map((section) => [score(section, words), section]).filter(([points]) => points > 0)
      .sort((a, b) => b[0] - a[0])
      .filter(([, { page }]) => seen.set(page, (seen.get(page) ?? 0) + 1).get(page) <= 3).slice(0, 12)
    list.replaceChildren(...found.map(([, section], at) => {
      const name = section.heading && section.heading !== section.title ? `${section.title} › ${section.heading}` : section.title
      const link = make('a', { href: field.dataset.root + section.url, tabIndex: -1 },
        make('b', {}, ...marked(name, words)), make('span', {}, ...marked(excerpt(section, words), words)))
      link.addEventListener('click', close)
      const item = make('li', { id: 'result-' + at, role: 'option' }, link)
      return item
    }))
    if (!found.length) list.replaceChildren(make('li', {}, make('p', { textContent: 'Nothing found' })))
  }
  const close = () => {
    list.hidden = true
    field.setAttribute('aria-expanded', 'false')
  }
  const choose = (step) => {
    const options = list.querySelectorAll('[role=option]')
    if (!options.length) return
    options[chosen]?.removeAttribute('aria-selected')
    chosen = (chosen + step + options.length) % options.length
    options[chosen].setAttribute('aria-selected', 'true')
    options[chosen].scrollIntoView({ block: 'nearest' })
    field.setAttribute('aria-activedescendant', options[chosen].id)
  }
  field.addEventListener('focus', load)
  field.addEventListener('input', () => { load(); search() })
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') choose(1)
    else if (event.key === 'ArrowUp') choose(chosen < 0 ? 0 : -1)
    else if (event.key === 'Enter') list.querySelectorAll('[role=option] a')[Math.max(0, chosen)]?.click()
    else if (event.key === 'Escape') { field.value = ''; close(); field.blur() }
    else return
    event.preventDefault()
  })
  document.addEventListener('click', (event) => { if (!event.target.closest('.search')) close() })
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea, [contenteditable], .figure')
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      field.focus()
    }
  })
})()
