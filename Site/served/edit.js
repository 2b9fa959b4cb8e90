// The editor that `lab serve` gives to code from the source that runs: a text area over the same text in colours. It is
// loaded when somebody edits.
(() => {
  'use strict'
  const { make, panel, addressOf } = window.labServe
  const key = (source) => 'edit ' + source
  const stored = (source) => {
    try { return JSON.parse(localStorage.getItem(key(source))) } catch { return null }
  }
  const store = (source, value) => {
    try {
      if (value) localStorage.setItem(key(source), JSON.stringify(value))
      else localStorage.removeItem(key(source))
    } catch {}
  }
  const counted = (number, noun) => (number === 1 ? 'One ' : number + ' ') + noun + (number === 1 ? '' : 's')

  // Which lines are not among the published ones, by the longest common subsequence.
  const changedLines = (before, after) => {
    const table = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1))
    for (let i = before.length - 1; i >= 0; i--) {
      for (let j = after.length - 1; j >= 0; j--) {
        table[i][j] = before[i] === after[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1])
      }
    }
    const changed = new Set()
    let [i, j, removed] = [0, 0, 0]
    while (i < before.length || j < after.length) {
      if (i < before.length && j < after.length && before[i] === after[j]) { i++; j++ }
      else if (j < after.length && (i === before.length || table[i][j + 1] >= table[i + 1][j])) changed.add(j++)
      else { i++; removed++ }
    }
    return { changed, count: Math.max(changed.size, removed) }
  }

  // The figures of the page that the file's scenarios have, those that are made of these scenarios' captures alone.
  const figuresOf = async (file) => {
    const found = []
    for (const figure of document.querySelectorAll('figure.figure[data-capture]')) {
      const address = addressOf(figure)
      if (!address || /[?&](with=|view=machines)/.test(address)) continue
      const scenario = await window.labServe.scenario(address.split('/')[0])
      if (scenario?.files.includes(file)) found.push({ figure, address })
    }
    return found
  }

  // A text area over the same text in colours, with what the compiler says beside its lines. `key`: what it is kept by in this
  // browser; `published`: what it is changed from; `head`: what stands above; `label`: its name for who cannot see it.
  const textEditor = ({ key: source, published, initial, head, label, note, differsFrom, run }) => {
    const kept = stored(source)
    const code = make('code')
    const behind = make('pre', {}, code)
    behind.setAttribute('aria-hidden', 'true')
    const id = 'edit-' + source.replace(/\W+/g, '-')
    const area = make('textarea', { value: kept?.text ?? initial ?? published, spellcheck: false, autocomplete: 'off', wrap: 'off' })
    area.setAttribute('autocapitalize', 'off')
    area.setAttribute('aria-label', label)
    area.setAttribute('aria-describedby', id + '-keys')
    const differs = make('span', { className: 'edit-differs' })
    const wrong = make('ul', { className: 'edit-lines' })
    const slot = make('div')
    const element = make('div', { className: 'edit' },
      make('div', { className: 'edit-head' }, make('span', {}, ...head), differs),
      make('div', { className: 'edit-text' }, behind, area), wrong, slot,
      make('p', { className: 'edit-keys', id: id + '-keys', textContent: note + ' Tab indents; Escape, then Tab, leaves.' }))

    const colours = new Map()
    let told = []
    const place = (line) => told.filter((one) => one.line === line)
    const show = () => {
      const lines = area.value.split('\n')
      const { changed, count } = changedLines(published.split('\n'), lines)
      differs.textContent = count ? counted(count, 'line') + (count === 1 ? ' differs' : ' differ') + ' from ' + differsFrom
        : kept && kept.base !== published ? differsFrom + ' has changed since' : 'as published'
      code.replaceChildren(...lines.map((text, at) => {
        const line = make('span', { className: 'line' + (changed.has(at) ? ' is-changed' : '') })
        // Made by the lab, which escapes the code.
        if (colours.has(text)) line.innerHTML = colours.get(text) + '\n'
        else line.textContent = text + '\n'
        const here = place(at + 1)
        if (here.length) {
          line.classList.add(here.some((one) => one.severity === 'error') ? 'is-wrong' : 'is-doubtful')
          line.dataset.says = here[0].message
          line.style.setProperty('--end', text.length)
          for (const { column } of here) {
            const width = text.slice(column - 1).match(/^\w+/)?.[0].length ?? 1
            line.append(make('i', { style: `--at:${column - 1};--wide:${width}` }))
          }
        }
        return line
      }))
    }
    let isAsking = false
    const colour = async () => {
      if (isAsking) return
      isAsking = true
      let asked
      do {
        asked = area.value
        const answer = await fetch('/-/colours', { method: 'POST', body: asked }).catch(() => null)
        if (!answer?.ok) break
        const html = await answer.json()
        asked.split('\n').forEach((text, at) => colours.set(text, html[at] ?? ''))
        show()
      } while (asked !== area.value)
      isAsking = false
    }
    const changedByReader = () => {
      told = []
      wrong.replaceChildren()
      store(source, area.value === published ? null : { text: area.value, base: published })
      show()
      colour()
    }
    const goTo = (line, column) => {
      const before = area.value.split('\n').slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
      area.focus()
      area.setSelectionRange(before + column - 1, before + column - 1)
      code.children[line - 1]?.scrollIntoView({ block: 'nearest' })
    }
    const tell = (lines) => {
      told = lines
      wrong.replaceChildren(...lines.map((one) => {
        const link = make('button', { type: 'button', textContent: one.line ? 'line ' + one.line : one.elsewhere, disabled: !one.line })
        link.addEventListener('click', () => goTo(one.line, one.column))
        return make('li', { className: 'is-' + one.severity },
          link, ' ' + (one.severity === 'error' ? '' : one.severity + ': ') + one.message)
      }))
      show()
    }

    area.addEventListener('input', changedByReader)
    let mayLeave = false
    // Through the editor's own commands, so that each can be undone.
    const insert = (text) => document.execCommand('insertText', false, text)
    const lineStart = (at) => area.value.lastIndexOf('\n', at - 1) + 1
    area.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { mayLeave = true; return }
      if (event.key === 'Tab' && !mayLeave && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault()
        const { selectionStart: from, selectionEnd: to, value } = area
        if (from === to && !event.shiftKey) { insert('  '); return }
        const start = lineStart(from)
        const old = value.slice(start, to)
        const text = old.split('\n').map((line) => event.shiftKey ? line.replace(/^ {1,2}/, '') : line && '  ' + line).join('\n')
        area.setSelectionRange(start, to)
        if (text !== old) insert(text)
        if (from !== to) area.setSelectionRange(start, start + text.length)
        else area.setSelectionRange(Math.max(start, from + text.length - old.length), Math.max(start, from + text.length - old.length))
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        run()
      } else if (event.key === 'Enter' && !event.isComposing) {
        event.preventDefault()
        const { selectionStart: from, value } = area
        const before = value.slice(lineStart(from), from)
        insert('\n' + before.match(/^ */)[0] + (/[{([]\s*$/.test(before) ? '  ' : ''))
      }
      if (!['Shift', 'Control', 'Alt', 'Meta', 'Escape'].includes(event.key)) mayLeave = false
    })
    area.addEventListener('blur', () => { mayLeave = false })

    show()
    colour()
    const set = (text) => {
      area.value = text
      changedByReader()
    }
    return { element, area, slot, tell, set }
  }

  const open = async (block) => {
    const source = block.dataset.source
    const [file, region] = source.split('#')
    const answer = await fetch('/-/source?of=' + encodeURIComponent(source))
    if (!answer.ok) throw new Error(await answer.text())
    const published = (await answer.json()).text
    const figures = await figuresOf(file)
    const { element, area, slot, tell, set } = textEditor({
      key: source, published, head: [file + ', region ', make('b', { textContent: region })],
      label: 'Code of ' + region + ' in ' + file, differsFrom: 'the published source',
      note: 'Compiled on this machine, from a copy. Ctrl+Enter runs.',
      run: () => slot.querySelector('form')?.requestSubmit(),
    })
    const reset = make('button', { type: 'button', textContent: 'Reset' })
    const close = make('button', { type: 'button', textContent: 'Close' })
    const choice = make('select')
    figures.forEach(({ figure, address }, at) => {
      const label = figure.querySelector('.figure-label')?.textContent ?? address
      choice.append(make('option', { value: at, textContent: label }))
    })
    const below = figures.findIndex(({ figure }) => block.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING)
    choice.value = Math.max(0, below < 0 ? figures.length - 1 : below)
    const tools = [reset, close, ...(figures.length > 1 ? [make('label', { className: 'edit-draws' }, 'Figure ', choice)] : [])]

    const pick = () => {
      const { figure, address } = figures[choice.value] ?? {}
      if (!figure) {
        slot.replaceChildren(make('p', { className: 'edit-keys', textContent: 'No figure of this page is drawn from what this code does.' }), close)
        return
      }
      slot.replaceChildren(panel(figure, address, {
        label: 'Compile and run', body: () => ({ source, text: area.value }), tell, tools, figure: choice.selectedOptions[0].textContent,
      }))
    }
    choice.addEventListener('change', pick)
    pick()
    reset.addEventListener('click', () => {
      set(published)
      slot.querySelector('.run-result')?.replaceChildren()
      const status = slot.querySelector('.run-status')
      if (status) status.textContent = 'As published again.'
      area.focus()
    })
    close.addEventListener('click', () => {
      element.remove()
      block.hidden = false
      block.querySelector('.edit-open')?.focus()
    })
    block.after(element)
    block.hidden = true
    return area
  }

  window.labEdit = { open, textEditor }
})()
