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

  const panel = (figure, address) => {
    const scenario = address.split('/')[0]
    const status = make('p', { className: 'run-status' })
    status.setAttribute('role', 'status')
    const fields = make('div', { className: 'run-fields' })
    const go = make('button', { type: 'submit', textContent: 'Run' })
    const stop = make('button', { type: 'button', textContent: 'Cancel', hidden: true })
    const bar = make('progress', { max: 1, value: 0, hidden: true })
    bar.setAttribute('aria-label', 'How much of the run is done')
    const result = make('div', { className: 'run-result' })
    const form = make('form', { className: 'run-form' }, fields, go, stop, bar)
    const element = make('div', { className: 'run' }, form, status, result)

    fetch('/-/scenario?name=' + encodeURIComponent(scenario)).then(async (answer) => {
      if (!answer.ok) return
      for (const setting of await answer.json()) {
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
      result.replaceChildren(
        figureBody,
        make('p', { className: 'run-facts', textContent: facts }), ...(answer.claims.length ? [scroll] : []))
    }

    stop.addEventListener('click', () => fetch('/-/cancel', { method: 'POST' }))
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      if (go.getAttribute('aria-disabled') === 'true') return
      go.setAttribute('aria-disabled', 'true')
      stop.hidden = bar.hidden = false
      bar.value = 0
      const body = new URLSearchParams(new FormData(form))
      body.set('figure', address)
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
              bar.value = told.step.share
              status.textContent = 'Running ' + told.step.run
            } else if (told.done) {
              show(told.done)
              status.replaceChildren('Done in ' + seconds(told.done.seconds) + '. ',
                make('strong', { className: 'run-verdict', textContent: told.done.verdict }))
            } else {
              throw new Error(told.failed)
            }
          }
        }
      } catch (error) {
        status.textContent = error.message.trim() + ' The published figure stands as it was.'
      }
      go.removeAttribute('aria-disabled')
      stop.hidden = bar.hidden = true
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
})()
