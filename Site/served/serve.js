// What `lab serve` adds to its pages: they load anew when they change, and figures can be run.
(() => {
  'use strict'
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties)
    element.append(...children)
    return element
  }

  const changes = new EventSource('/-/changes')
  changes.onmessage = () => location.reload()

  // What draws a figure stands under it, as one types it.
  const addressOf = (figure) => {
    for (const code of figure.querySelectorAll('.command code')) {
      const found = code.textContent.match(/^\.\/lab figure '([^']+)'/)
      if (found) return found[1]
    }
  }

  const seconds = (number) => number.toFixed(1) + ' s'
  const stages = {
    compile: (what) => ['Compiling', ' your copy of ' + what],
    record: (what) => ['Recording', ' ' + what],
    draw: () => ['Drawing', ''],
  }

  // What can be set of a scenario, and which files it is made of; asked for once.
  const scenarios = new Map()
  const scenarioOf = (name) => {
    if (!scenarios.has(name)) {
      scenarios.set(name, fetch('/-/scenario?name=' + encodeURIComponent(name)).then((answer) => answer.ok ? answer.json() : null))
    }
    return scenarios.get(name)
  }

  // What runs a figure. Of an editor: `label` is what the button says, `body()` is sent as well, `tell(lines)` is told
  // what the compiler says, `tools` stand beside the button, and `figure` is the figure's name.
  const panel = (figure, address, editor) => {
    const scenario = address.split('/')[0]
    const status = make('p', { className: 'run-status' })
    status.setAttribute('role', 'status')
    const fields = make('div', { className: 'run-fields' })
    const go = make('button', { type: 'submit', textContent: editor?.label ?? 'Run' })
    const stop = make('button', { type: 'button', textContent: 'Cancel', hidden: true })
    const bar = make('progress', { max: 1, value: 0, hidden: true })
    bar.setAttribute('aria-label', 'How much of the run is done')
    const result = make('div', { className: 'run-result' })
    const settings = make('details', { className: 'run-settings' }, make('summary', { textContent: 'Parameters' }), fields)
    const form = make('form', { className: 'run-form' },
      ...(editor ? [go, stop, ...editor.tools, bar, settings] : [fields, go, stop, bar]))
    // What is out of bounds is to be seen when it is said.
    form.addEventListener('invalid', () => { settings.open = true }, true)
    const element = make('div', { className: 'run' }, form, status, result)

    scenarioOf(scenario).then((found) => {
      for (const setting of found?.settings ?? []) {
        const input = make('input', {
          type: 'number', name: 'set.' + setting.name, min: setting.least, max: setting.most, value: setting.standard,
          step: 1, required: true,
        })
        const bounds = setting.least.toLocaleString('en') + ' to ' + setting.most.toLocaleString('en')
        fields.append(make('label', {}, make('span', { textContent: setting.name }), input,
          make('small', { textContent: setting.summary + ', ' + bounds })))
      }
    })

    const show = (answer) => {
      const figureBody = make('div', { className: 'figure-body' })
      figureBody.setAttribute('role', 'img')
      figureBody.setAttribute('aria-label', answer.alt)
      // Drawn by the lab itself, which escapes every name; and the page's policy runs no script of it.
      figureBody.innerHTML = answer.figure
      const table = make('table', {}, make('thead', {}, make('tr', {},
        ...['', 'Published', 'Here', 'Bound', 'What was measured'].map((title) =>
          make('th', { textContent: title, scope: 'col' })))))
      const rows = make('tbody')
      for (const claim of answer.claims) {
        rows.append(make('tr', { className: 'is-' + claim.outcome.toLowerCase() },
          ...[claim.outcome, claim.published, claim.here, claim.bound, claim.question].map((text) =>
            make('td', { textContent: text }))))
      }
      table.append(rows)
      const scroll = make('div', { className: 'table', tabIndex: 0 }, table)
      const facts = answer.facts.map((fact) => fact.name + ' ' + fact.value).join(' · ')
      const heading = make('p', { className: 'run-heading' }, (editor?.figure ?? 'Here') + (editor ? ', with your code. ' : '. '))
      if (editor) heading.append(make('a', { href: '#' + figure.id, textContent: 'As published' }))
      result.replaceChildren(
        heading, figureBody,
        make('p', { className: 'run-facts', textContent: facts }), ...(answer.claims.length ? [scroll] : []))
    }

    // The seconds since a stage began, told while it lasts.
    let since, timer
    const begin = (step) => {
      const [word, rest] = stages[step.stage](step.run)
      const text = word + rest
      if (status.dataset.stage === text) return
      status.dataset.stage = text
      since = performance.now()
      clearInterval(timer)
      const clock = make('span')
      clock.setAttribute('aria-hidden', 'true')
      status.replaceChildren(make('b', { textContent: word }), rest + '. ', clock)
      timer = setInterval(() => { clock.textContent = Math.round((performance.now() - since) / 1000) + ' s' }, 500)
    }
    const end = () => {
      clearInterval(timer)
      delete status.dataset.stage
      go.removeAttribute('aria-disabled')
      stop.hidden = bar.hidden = true
    }
    const refuse = (lines) => {
      const errors = lines.filter((line) => line.severity === 'error')
      const isElsewhere = errors.every((line) => !line.line)
      status.replaceChildren(
        make('b', { textContent: errors.length === 1 ? 'One error' : errors.length + ' errors' }),
        isElsewhere ? ', outside of the region that you edited.' : ', in the region that you edited.',
        ' Nothing was run, and the figure is as it was.')
    }
    stop.addEventListener('click', () => fetch('/-/cancel', { method: 'POST' }))
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      if (go.getAttribute('aria-disabled') === 'true') return
      go.setAttribute('aria-disabled', 'true')
      stop.hidden = bar.hidden = false
      bar.removeAttribute('value')
      const body = new URLSearchParams(new FormData(form))
      body.set('figure', address)
      for (const [name, value] of Object.entries(editor?.body() ?? {})) body.set(name, value)
      editor?.tell([])
      let isOver = false
      try {
        const answer = await fetch('/-/run', { method: 'POST', body })
        if (!answer.ok) throw new Error(await answer.text())
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
        let rest = ''
        for (;;) {
          const { done, value } = await reader.read()
          if (done) break
          const lines = (rest + value).split('\n')
          rest = lines.pop()
          for (const line of lines.filter((line) => line)) {
            const told = JSON.parse(line)
            if (told.step) {
              if (told.step.share === undefined) bar.removeAttribute('value')
              else bar.value = told.step.share
              begin(told.step)
              continue
            }
            isOver = true
            if (told.lines) editor?.tell(told.lines)
            if (told.done) {
              show(told.done)
              status.replaceChildren('Done in ' + seconds(told.done.seconds) + '. ',
                make('strong', { className: 'run-verdict', textContent: told.done.verdict }))
            } else if (told.lines) {
              refuse(told.lines)
            } else {
              throw new Error(told.failed)
            }
          }
        }
        if (!isOver) throw new Error('The server ended before the run did.')
      } catch (error) {
        status.textContent = error.message.trim() + ' The published figure stands as it was.'
      }
      end()
    })
    return element
  }

  for (const figure of document.querySelectorAll('figure.figure[data-capture]')) {
    const address = addressOf(figure)
    if (!address) continue
    const details = make('details', { className: 'run-fold' }, make('summary', { textContent: 'Run it here' }))
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) details.append(panel(figure, address))
    })
    figure.querySelector('figcaption').append(details)
  }

  // Code from the source that runs can be edited; what was typed is still there when the page loads anew.
  window.labServe = { make, panel, addressOf, scenario: scenarioOf }
  const scripts = new Map()
  const loadScript = (src) => {
    if (!scripts.has(src)) {
      scripts.set(src, new Promise((resolve, reject) => {
        document.head.append(make('script', { src, onload: resolve, onerror: reject }))
      }))
    }
    return scripts.get(src)
  }
  const loadEditor = () => {
    if (!scripts.has('/-/edit.js')) document.head.append(make('link', { rel: 'stylesheet', href: '/-/edit.css' }))
    return loadScript('/-/edit.js')
  }
  const edit = async (block) => {
    await loadEditor()
    return window.labEdit.open(block)
  }
  // The program of a challenge is for whoever reads to mend.
  const mend = async (block, name) => {
    await loadEditor()
    await loadScript('/-/challenge.js')
    return window.labChallenge.open(block, name)
  }
  for (const block of document.querySelectorAll('.code[data-source^="Challenges/"][data-source$="/Attempt.swift"]')) {
    const name = block.dataset.source.split('/')[1]
    const button = make('button', { type: 'button', className: 'edit-open', textContent: 'Mend it here' })
    button.addEventListener('click', async () => (await mend(block, name)).focus())
    block.querySelector('.code-title')?.append(button)
    try { if (localStorage.getItem('edit Challenges/' + name)) mend(block, name) } catch {}
  }
  for (const block of document.querySelectorAll('.code[data-source^="Sources/Scenarios/"][data-source*="#"]')) {
    const button = make('button', { type: 'button', className: 'edit-open', textContent: 'Edit and run' })
    button.addEventListener('click', async () => (await edit(block)).focus())
    block.querySelector('.code-title')?.append(button)
    try { if (localStorage.getItem('edit ' + block.dataset.source)) edit(block) } catch {}
  }
})()
