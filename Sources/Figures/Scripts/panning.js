// A drawing reads well without this: it fits its window. With it a drag pans, the wheel or two fingers zoom, and so do
// + and -; 0 or a double click shows all again.
(() => {
  'use strict'
  const svg = document.documentElement
  const box = svg.viewBox && svg.viewBox.baseVal
  if (!box || !box.width) return
  const home = { x: box.x, y: box.y, width: box.width, height: box.height }
  const view = { ...home }
  const show = () => svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.width} ${view.height}`)
  const reset = () => { Object.assign(view, home); show() }
  // Where in the drawing a point of the window is.
  const place = (x, y) => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse())
  const middle = () => ({ x: view.x + view.width / 2, y: view.y + view.height / 2 })
  const zoom = (factor, at) => {
    const width = Math.min(Math.max(view.width / factor, home.width / 200), home.width * 4)
    const part = width / view.width
    view.x = at.x - (at.x - view.x) * part
    view.y = at.y - (at.y - view.y) * part
    view.width = width
    view.height *= part
    show()
  }
  const move = (dx, dy) => { view.x += dx; view.y += dy; show() }

  svg.addEventListener('wheel', (event) => {
    event.preventDefault()
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), place(event.clientX, event.clientY))
  }, { passive: false })
  const fingers = new Map()
  const spread = () => {
    const [a, b] = [...fingers.values()]
    return b && { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, size: Math.hypot(a.x - b.x, a.y - b.y) }
  }
  svg.addEventListener('pointerdown', (event) => {
    if (event.button) return
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    svg.setPointerCapture(event.pointerId)
  })
  svg.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const pair = spread()
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    const [from, to] = pair ? [pair, spread()] : [before, { x: event.clientX, y: event.clientY }]
    const [old, now] = [place(from.x, from.y), place(to.x, to.y)]
    move(old.x - now.x, old.y - now.y)
    if (pair && pair.size > 0 && to.size > 0) zoom(to.size / pair.size, place(to.x, to.y))
  })
  const lift = (event) => fingers.delete(event.pointerId)
  svg.addEventListener('pointerup', lift)
  svg.addEventListener('pointercancel', lift)
  svg.addEventListener('dblclick', reset)
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (step) move(step[0] * view.width / 10, step[1] * view.height / 10)
    else if (event.key === '+' || event.key === '=') zoom(1.25, middle())
    else if (event.key === '-') zoom(0.8, middle())
    else if (event.key === '0') reset()
    else return
    event.preventDefault()
  })
  svg.style.cursor = 'grab'
  svg.style.touchAction = 'none'
})()
