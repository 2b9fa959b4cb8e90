// What `lab serve` adds to the pages of challenges: the program in an editor, which the profiler judges.
(() => {
  'use strict'
  const { make } = window.labServe
  const names = { allowed: 'Allowed', builds: 'Compiles', right: 'Output', gone: 'Fault', new: 'No other fault' }
  const marks = { passed: '✓', failed: '✗', inconclusive: '?', notJudged: '·' }
  const words = { passed: 'passed', failed: 'failed', inconclusive: 'inconclusive', notJudged: 'not judged' }

  const open = async (block, name) => {
    const answer = await fetch('/-/challenge?name=' + encodeURIComponent(name))
    if (!answer.ok) throw new Error(await answer.text())
    const state = await answer.json()
    const go = make('button', { type: 'submit', textContent: 'Check' })
    const stop = make('button', { type: 'button', textContent: 'Cancel', hidden: true })
    const reset = make('button', { type: 'button', textContent: 'Reset' })
    const bar = make('progress', { hidden: true })
    bar.setAttribute('aria-label', 'The program is judged')
    const status = make('p', { className: 'run-status' })
    status.setAttribute('role', 'status')
    const result = make('div', { className: 'run-result' })
    const form = make('form', { className: 'run-form' }, go, stop, reset, bar)
    const { element, area, slot, tell, set } = window.labEdit.textEditor({
      key: 'Challenges/' + name, published: state.published, initial: state.text, head: ['Your program'],
      label: 'Your program for ' + name, differsFrom: 'what you got',
      note: 'Compiled and run on this machine. Ctrl+Enter checks.', run: () => form.requestSubmit(),
    })
    slot.replaceChildren(make('div', { className: 'run' }, form, status, result))

    const figure = (title, markup) => {
      const body = make('div', { className: 'figure-body' })
      // Drawn by the lab itself, which escapes every name; and the page's policy runs no script of it.
      if (markup) body.innerHTML = markup
      else body.textContent = 'Nothing of it is left to draw.'
      return make('figure', { className: 'verdict-figure' }, make('figcaption', { textContent: title }), body)
    }
    const show = (done) => {
      const rows = done.verdict.lines.map((line) => make('li', { className: 'is-' + line.mark },
        make('b', { textContent: marks[line.mark] + ' ' + names[line.group] }),
        make('span', { className: 'visually-hidden', textContent: ' (' + words[line.mark] + ')' }),
        make('span', { textContent: ' ' + line.text })))
      const pair = done.before || done.after
        ? [make('div', { className: 'verdict-figures' }, figure('As you got it', done.before), figure('Yours', done.after))] : []
      result.replaceChildren(make('ul', { className: 'verdict' }, ...rows), ...pair)
      tell(done.verdict.diagnostics)
      const isOpen = done.verdict.lines.some((line) => line.mark === 'inconclusive')
      status.replaceChildren(make('strong', { textContent: done.hasPassed ? 'Passed.' : isOpen ? 'Inconclusive.' : 'Not yet.' }),
        ' Judged in ' + done.seconds.toFixed(1) + ' s.')
      if (done.hasPassed) {
        status.append(' ', make('a', { href: '#explanation', textContent: 'Why the fault was there' }))
        const explanation = document.querySelector('#explanation ~ details')
        if (explanation) explanation.open = true
      }
    }

    stop.addEventListener('click', () => fetch('/-/cancel', { method: 'POST' }))
    reset.addEventListener('click', () => {
      set(state.published)
      result.replaceChildren()
      status.textContent = 'As you got it.'
      area.focus()
    })
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      if (go.getAttribute('aria-disabled') === 'true') return
      go.setAttribute('aria-disabled', 'true')
      stop.hidden = bar.hidden = false
      tell([])
      let isOver = false
      try {
        const body = new URLSearchParams({ name, text: area.value })
        const answer = await fetch('/-/check', { method: 'POST', body })
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
            if (told.judging) {
              status.textContent = told.judging[0].toUpperCase() + told.judging.slice(1) + ' …'
              continue
            }
            isOver = true
            if (!told.judged) throw new Error(told.failed)
            show(told.judged)
          }
        }
        if (!isOver) throw new Error('The server ended before the verdict came.')
      } catch (error) {
        status.textContent = error.message.trim()
      }
      go.removeAttribute('aria-disabled')
      stop.hidden = bar.hidden = true
    })
    block.after(element)
    block.hidden = true
    return area
  }

  window.labChallenge = { open }
})()
