// Cycles that run through closures.
import Dispatch

final class Session {
  var onClose: (() -> Void)?
  var bytes = 0
  func open() { onClose = { self.bytes += 1 } }
}

struct Handlers {
  var count = 0
  var onDone: (() -> Void)?
}
class Screen {
  var handlers = Handlers()
}
final class LoginScreen: Screen {
  var attempts = 0
  func prepare() { handlers.onDone = { self.attempts += 1 } }
}

final class Center {
  var observers: [Int: (String) -> Void] = [:]
  func observe(_ observer: @escaping (String) -> Void) { observers[observers.count] = observer }
}
final class Subscriber {
  let center: Center
  var received = 0
  init(_ center: Center) {
    self.center = center
    center.observe { _ in self.received += 1 }
  }
}

final class Clock {
  var timer: (any DispatchSourceTimer)?
  var ticks = 0
  func start() {
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.setEventHandler { self.ticks += 1 }
    // Never activated, so nothing but the clock knows it.
    self.timer = timer
  }
}

final class Counter {
  var action: (() -> Void)?
  var total = 0
  func prepare() {
    var calls = 0
    var counter: Counter? = self
    action = {
      calls += 1
      counter?.total = calls
    }
    if total > 0 { counter = nil }
  }
}

final class Report {
  var rows = 3
  lazy var render: () -> Int = { self.rows }
}

final class Pipeline {
  var stages: [(Int) -> Int] = []
  var scale = 2
  func build() {
    for step in 0..<2 { stages.append { $0 * self.scale + step } }
  }
}

final class Mapper<Input> {
  var transform: ((Input) -> Int)?
  var calls = 0
  func prepare(_ value: Input) {
    transform = { _ in
      _ = value
      self.calls += 1
      return self.calls
    }
  }
}

final class Chore {
  var work: DispatchWorkItem?
  var done = 0
  func plan() { work = DispatchWorkItem { self.done += 1 } }
}

final class Fetcher {
  var fetch: (() async -> Int)?
  var count = 3
  func prepare() { fetch = { self.count } }
}

/// Whose counts lie in a table of their own.
final class Watched {
  weak var watcher: Watched?
  var onChange: (() -> Void)?
  var changes = 0
  func watch() {
    watcher = self
    onChange = { self.changes += 1 }
  }
}

let closureShapes = [
  Shape("work item", ["Chore": 1], path: "Chore.work → DispatchWorkItem._block → closure capturing Chore → Chore") {
    escaping(Chore()).plan()
  },
  Shape("async closure", ["Fetcher": 1], path: "Fetcher.fetch → closure capturing Fetcher → Fetcher") {
    escaping(Fetcher()).prepare()
  },
  Shape("weakly referenced", ["Watched": 1], path: "Watched.onChange → closure capturing Watched → Watched") {
    escaping(Watched()).watch()
  },
  Shape("closure and self", ["Session": 1], path: "Session.onClose → closure capturing Session → Session") {
    escaping(Session()).open()
  },
  Shape(
    "closure in a nested struct", ["LoginScreen": 1],
    path: "LoginScreen.handlers.onDone → closure capturing LoginScreen → LoginScreen"
  ) { escaping(LoginScreen()).prepare() },
  Shape(
    "registry of observers", ["Center": 1, "Subscriber": 1],
    path: "Subscriber.center → Center.observers[…] → closure capturing Subscriber → Subscriber"
  ) { _ = escaping(Subscriber(escaping(Center()))) },
  Shape("timer", ["Clock": 1], path: nil) { escaping(Clock()).start() },
  Shape(
    "captured variable", ["Counter": 1],
    path: "Counter.action → closure capturing variable of type Counter? → variable of type Counter? → Counter"
  ) { escaping(Counter()).prepare() },
  Shape("recursive closure", ["variable": 1], path: "variable → closure capturing variable → variable") {
    var countDown: ((Int) -> Int)?
    countDown = { $0 <= 0 ? 0 : countDown?($0 - 1) ?? 0 }
    precondition(countDown?(3) == 0)
  },
  Shape("lazy closure", ["Report": 1], path: "Report.render → closure capturing Report → Report") {
    _ = escaping(Report()).render()
  },
  Shape("closures in an array", ["Pipeline": 1], path: "Pipeline.stages[…] → closure capturing Pipeline → Pipeline") {
    escaping(Pipeline()).build()
  },
  Shape(
    "generic closure", ["Mapper<String>": 1],
    path: "Mapper<String>.transform → closure capturing Mapper<String> → Mapper<String>"
  ) { escaping(Mapper<String>()).prepare("a string that does not fit into sixteen bytes") },
]
